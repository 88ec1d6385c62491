<?php
/*
 * What a careful author would write: one curl handle, answers and uploads as
 * they come, the fields of CORS added.  A handle cannot outlive its request:
 * PHP ends every resource with it (curl_share_init_persistent is of PHP 8.5),
 * so each request opens a connection.
 */
$own = ["connection", "keep-alive", "transfer-encoding", "server", "date"];

function allow(): void
{
    header("Access-Control-Allow-Origin: " . $_SERVER["HTTP_ORIGIN"]);
    header("Vary: Origin");
}

if ($_SERVER["REQUEST_METHOD"] === "OPTIONS") {
    http_response_code(204);
    allow();
    header("Access-Control-Allow-Methods: GET, POST, PUT, DELETE");
    header("Access-Control-Allow-Headers: content-type");
    header("Access-Control-Max-Age: 600");
    exit;
}
[, , $scheme, $rest] = explode("/", $_SERVER["REQUEST_URI"], 4);
$targets = ["plain" => getenv("PLAIN"), "tls" => getenv("TLS")];
$curl = curl_init($targets[$scheme] . "/" . $rest);
curl_setopt_array($curl, [
    CURLOPT_CAINFO => getenv("CA"),
    CURLOPT_PROXY => "",
    CURLOPT_CUSTOMREQUEST => $_SERVER["REQUEST_METHOD"],
    CURLOPT_HEADERFUNCTION => function ($curl, $line) use ($own) {
        $name = strtolower(strstr($line, ":", true) ?: "");
        if (str_starts_with($line, "HTTP/")) {
            http_response_code((int)explode(" ", $line)[1]);
        } elseif ($name !== "" && !in_array($name, $own, true)) {
            header(trim($line), false);
        }
        return strlen($line);
    },
    CURLOPT_WRITEFUNCTION => function ($curl, $data) {
        echo $data;
        return strlen($data);
    },
]);
$length = (int)($_SERVER["CONTENT_LENGTH"] ?? 0);
if ($length > 0) {
    curl_setopt_array($curl, [
        CURLOPT_UPLOAD => true,
        CURLOPT_INFILE => fopen("php://input", "rb"),
        CURLOPT_INFILESIZE => $length,
        CURLOPT_HTTPHEADER => ["Expect:"],
    ]);
}
allow();
if (!curl_exec($curl) && !headers_sent()) {
    http_response_code(502);
}
