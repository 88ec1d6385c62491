#include "client/lang.h"

const struct lang lang_de = {
	.tag = "de",
	.text = {
		[TEXT_GENERAL_ERROR] = "Gateway-Fehler",
		[TEXT_HEADING_TARGET] =
		    "Die Website hinter dieser Adresse ist nicht erreichbar",
		[TEXT_HEADING_GATEWAY] = "Dieses Gateway ist zurzeit gestört",
		[TEXT_HEADING_REQUEST] =
		    "Diese Anfrage wurde nicht ausgeführt",
		[TEXT_HEADING_FILTERED] =
		    "Diese Adresse ist von hier aus nicht erreichbar",
		[TEXT_AGAIN_SECONDS] =
		    "Diese Seite fragt in {{n}}\u00a0Sekunden von selbst noch "
		    "einmal an.",
		[TEXT_AGAIN_MINUTES] =
		    "Diese Seite fragt in {{n}}\u00a0Minuten von selbst noch "
		    "einmal an.",
		[TEXT_RULE] = "Regel",
		[TEXT_REQUEST] = "Anfrage",
		[TEXT_CONTACT] = "Kontakt:",
		[TEXT_START_TITLE] = "Gateway",
		[TEXT_START_HEADING] = "Ein Gateway für Skripte",
		[TEXT_START_PURPOSE] =
		    "Über diese Adresse lesen Seiten zugelassener Ursprünge "
		    "(Origins) von anderen Servern; das Gateway fügt die "
		    "CORS-Header hinzu, die jene Server nicht senden.",
		[TEXT_START_NAMED] =
		    "Der Betreiber gibt jedem Server einen Namen; so sprechen "
		    "Sie ihn an:",
		[TEXT_START_WHOLE] =
		    "Oder mit einer vollständigen URL, soweit der Betreiber "
		    "deren Host zulässt:",
		[TEXT_START_ERRORS] =
		    "Kann das Gateway nicht antworten, nennt es den Grund: "
		    "Skripte erhalten JSON, in dem „rule“ die Regel nennt.",
		[TEXT_START_OPERATOR] = "Für den Betreiber",
	},
	.rule = {
		[ERR_MALFORMED_REQUEST] =
		    "Methode, Pfad oder ein Header-Feld dieser Anfrage ist "
		    "fehlerhaft; senden Sie sie so, wie HTTP (RFC 9110) es "
		    "vorsieht.",
		[ERR_BAD_PATH] =
		    "Der Pfad enthält etwas, das nie weitergegeben wird: ein "
		    "Segment . oder .., einen Backslash, ein Steuerzeichen, "
		    "ein # oder eine fehlerhafte Prozentkodierung; senden Sie "
		    "ihn ohne dies.",
		[ERR_AMBIGUOUS_PATH] =
		    "Der Webserver vor diesem Gateway hat den Pfad "
		    "umgeschrieben, sodass beide verschiedene Routen bedienen "
		    "würden; senden Sie ihn ohne leere Segmente und ohne . "
		    "und .., oder hinter ?route=NAME&path=PATH.",
		[ERR_BAD_QUERY] =
		    "Diese Abfrage (der Teil hinter dem Fragezeichen) kennt "
		    "das Gateway nicht: Verwenden Sie route und path oder "
		    "url, bei Bedarf mit method, jedes höchstens einmal und "
		    "prozentkodiert.",
		[ERR_BAD_URL] =
		    "Die abzurufende URL ist nicht lesbar; senden Sie sie, "
		    "wie Browser sie schreiben: mit http oder https, ohne "
		    "Benutzernamen und ohne Fragment, hinter ?url= einmal "
		    "prozentkodiert.",
		[ERR_MALFORMED_ORIGIN] =
		    "Das Header-Feld Origin enthält keinen Ursprung, wie "
		    "Browser ihn senden, etwa https://www.example.org; ein "
		    "Programm, das kein Browser ist, kann es weglassen.",
		[ERR_BAD_LENGTH] =
		    "Das Header-Feld Content-Length enthält keine Anzahl von "
		    "Bytes; überlassen Sie das Zählen Ihrer HTTP-Bibliothek.",
		[ERR_UPLOAD_INCOMPLETE] =
		    "Es sind weniger Bytes angekommen, als Content-Length "
		    "angekündigt hatte; senden Sie die Anfrage noch einmal.",
		[ERR_KEY_REQUIRED] =
		    "Für diese Route ist ein gültiger Schlüssel nötig, im "
		    "Header-Feld X-API-Key oder als Authorization: Bearer; "
		    "Schlüssel vergibt der Betreiber dieses Gateways.",
		[ERR_TOKEN_REQUIRED] =
		    "Ein gültiges Token (JWT) ist nötig, als Authorization: "
		    "Bearer; melden Sie sich bei dem Dienst, der es "
		    "ausstellt, erneut an.",
		[ERR_ORIGIN_NOT_ALLOWED] =
		    "Seiten dieses Ursprungs (Origin) dürfen über dieses "
		    "Gateway nicht lesen; bitten Sie seinen Betreiber, den "
		    "Ursprung in allow_origins aufzunehmen.",
		[ERR_ORIGIN_REQUIRED] =
		    "Hier dürfen nur Skripte zugelassener Seiten anfragen, "
		    "und dieser Anfrage fehlt das Header-Feld Origin, das "
		    "Browser hinzufügen; rufen Sie die Adresse mit fetch() "
		    "von einer solchen Seite aus auf.",
		[ERR_FETCH_MODE] =
		    "Eine Seite einer anderen Website bindet diese Adresse "
		    "ein oder verlinkt sie, was nicht erlaubt ist; lesen Sie "
		    "sie von dort aus mit fetch() im üblichen Modus cors.",
		[ERR_SERVICE_WORKER] =
		    "Eine Antwort dieses Gateways kann kein Service Worker "
		    "werden; liefern Sie das Skript vom Host der Seite selbst "
		    "aus.",
		[ERR_AUTH_SCHEME] =
		    "Eine Anmeldung mit NTLM oder Negotiate gilt für eine "
		    "einzelne Verbindung, die Verbindungen dieses Gateways "
		    "teilen sich jedoch alle; verwenden Sie ein anderes "
		    "Verfahren, etwa Basic oder Bearer.",
		[ERR_FILTERED_PATH] =
		    "Der Betreiber dieses Gateways hat diesen Pfad gesperrt; "
		    "wenden Sie sich an ihn, wenn Sie Zugang brauchen.",
		[ERR_TARGET_NOT_ALLOWED] =
		    "Diese URL ruft das Gateway nicht ab; verwenden Sie eine "
		    "seiner Routen unter ihrem Namen, oder bitten Sie den "
		    "Betreiber, die URL zuzulassen.",
		[ERR_WHOLE_URL_PROOF] =
		    "Eine selbst gewählte URL wird nur für Skripte "
		    "zugelassener Seiten abgerufen und für alle, die einen "
		    "Schlüssel oder ein Token haben; rufen Sie diese Adresse "
		    "mit fetch() von einer solchen Seite aus auf, oder senden "
		    "Sie einen Schlüssel im Header-Feld X-API-Key.",
		[ERR_METHOD_PROOF] =
		    "Eine Methode, die etwas verändert, darf als method= nur "
		    "angeben, wer es im Skript einer zugelassenen Seite oder "
		    "mit einem gültigen Schlüssel oder Token tut; senden Sie "
		    "die Anfrage stattdessen mit dieser Methode selbst.",
		[ERR_OPERATOR_ONLY] =
		    "Diese Seite ist dem Betreiber dieses Gateways "
		    "vorbehalten, der sie mit einem Schlüssel öffnet – im "
		    "Header-Feld X-API-Key, als Authorization: Bearer oder, "
		    "in einem Browser, im Formular der Seite _status – oder, "
		    "wo keiner festgelegt ist, von dem Rechner selbst aus.",
		[ERR_NO_ROUTE] =
		    "Unter diesem Namen gibt es hier keine Route; prüfen Sie "
		    "die Schreibweise, oder bitten Sie den Betreiber dieses "
		    "Gateways, sie einzurichten.",
		[ERR_METHOD_NOT_ALLOWED] =
		    "Diese Methode ist hier nicht erlaubt; die erlaubten "
		    "nennt das Header-Feld Allow der Antwort.",
		[ERR_UPLOAD_STALLED] =
		    "Die Übertragung Ihrer Daten ist vor ihrem Ende stehen "
		    "geblieben; senden Sie die Anfrage noch einmal.",
		[ERR_UPLOAD_TOO_LARGE] =
		    "Die gesendeten Daten sind größer als hier erlaubt; "
		    "senden Sie weniger auf einmal, oder bitten Sie den "
		    "Betreiber dieses Gateways, upload_quota zu erhöhen.",
		[ERR_URL_TOO_LONG] =
		    "Pfad und Abfrage sind länger als 8.000\u00a0Bytes; "
		    "kürzen Sie sie, oder senden Sie die Daten im Body der "
		    "Anfrage.",
		[ERR_RATE_LIMITED] =
		    "Von Ihrer Netzwerkadresse kommen zu viele Anfragen; "
		    "warten Sie so viele Sekunden, wie das Header-Feld "
		    "Retry-After angibt.",
		[ERR_FIELDS_TOO_LARGE] =
		    "Die Anfrage hat zu viele oder zu große Header-Felder; "
		    "senden Sie höchstens 100, keines über 8.000\u00a0Bytes "
		    "und zusammen höchstens 32\u00a0KiB.",
		[ERR_ROUTE_INVALID] =
		    "Diese Route ist nicht richtig eingerichtet, was nur ihr "
		    "Betreiber beheben kann; „viaduct check“ sagt ihm, wie.",
		[ERR_MOUNT_UNKNOWN] =
		    "Der Webserver teilt nicht mit, unter welchem Pfad dieses "
		    "Gateway liegt, was nur sein Betreiber beheben kann, und "
		    "zwar mit base_path.",
		[ERR_NO_MEMORY] =
		    "Diese Anfrage braucht mehr Speicher, als eine Anfrage "
		    "belegen darf; senden Sie weniger oder kürzere "
		    "Header-Felder und eine kürzere Abfrage.",
		[ERR_INTERNAL] =
		    "In diesem Gateway ist ein Fehler aufgetreten, für den "
		    "Sie nichts können; versuchen Sie es erneut, und wenn es "
		    "dabei bleibt, nennen Sie dem Betreiber die Kennung der "
		    "Anfrage.",
		[ERR_CONFIGURATION] =
		    "Dieses Gateway kann seine Einstellungen oder Routen "
		    "nicht lesen, was nur sein Betreiber beheben kann; das "
		    "Fehlerprotokoll und „viaduct check“ nennen den Grund.",
		[ERR_KEYS_STALE] =
		    "Dieses Gateway kann seine Schlüssel seit einer Minute "
		    "nicht lesen und lässt daher niemanden ein; versuchen Sie "
		    "es später noch einmal.",
		[ERR_ROUTE_BUSY] =
		    "Zu viele Anfragen an diese Route warten darauf, an die "
		    "Reihe zu kommen; versuchen Sie es in einigen Sekunden "
		    "noch einmal.",
		[ERR_NO_DESCRIPTORS] =
		    "Dieses Gateway hat zu viele Verbindungen offen; "
		    "versuchen Sie es in einigen Sekunden noch einmal.",
		[ERR_SHUTTING_DOWN] =
		    "Dieses Gateway wird gerade neu gestartet; senden Sie die "
		    "Anfrage noch einmal.",
		[ERR_DNS] =
		    "Der Name des Servers hinter dieser Route lässt sich "
		    "nicht auflösen; versuchen Sie es später noch einmal.",
		[ERR_ADDRESS_PROHIBITED] =
		    "Der Server hinter dieser Route hat eine Adresse, zu der "
		    "die Route nicht führen darf; ihr Betreiber kann sie mit "
		    "allow_private zulassen.",
		[ERR_CONNECTION_REFUSED] =
		    "Der Server hinter dieser Route nimmt keine Verbindungen "
		    "an; versuchen Sie es in einigen Minuten noch einmal.",
		[ERR_CONNECTION_TIMEOUT] =
		    "Der Server hinter dieser Route ist nicht zu erreichen; "
		    "versuchen Sie es in einigen Minuten noch einmal.",
		[ERR_TARGET_DOWN] =
		    "Der Server hinter dieser Route nimmt seit einer Weile "
		    "keine Verbindungen an und wird daher gerade nicht "
		    "gefragt; versuchen Sie es nach so vielen Sekunden noch "
		    "einmal, wie das Feld Retry-After angibt.",
		[ERR_DESTINATION_UNAVAILABLE] =
		    "Der Host dieser URL ist von hier aus nicht zu erreichen; "
		    "prüfen Sie seinen Namen und Port, oder versuchen Sie es "
		    "später noch einmal.",
		[ERR_RESPONSE_TIMEOUT] =
		    "Der Server hinter dieser Adresse hat nicht rechtzeitig "
		    "zu antworten begonnen; versuchen Sie es in einigen "
		    "Minuten noch einmal.",
		[ERR_READ_TIMEOUT] =
		    "Der Server hinter dieser Adresse ist mitten in seiner "
		    "Antwort verstummt; versuchen Sie es in einigen Minuten "
		    "noch einmal.",
		[ERR_TOTAL_TIMEOUT] =
		    "Die Antwort hat länger gedauert, als hier erlaubt ist; "
		    "fordern Sie weniger auf einmal an, oder versuchen Sie es "
		    "später noch einmal.",
		[ERR_TLS_PROTOCOL] =
		    "Zum Server hinter dieser Adresse kommt keine sichere "
		    "Verbindung zustande; bitte teilen Sie dies dem Betreiber "
		    "dieses Gateways mit.",
		[ERR_TLS_CERTIFICATE] =
		    "Dem Zertifikat des Servers hinter dieser Adresse ist "
		    "nicht zu trauen; bitte teilen Sie dies dem Betreiber "
		    "dieses Gateways mit.",
		[ERR_BAD_RESPONSE] =
		    "Die Antwort des Servers hinter dieser Adresse ist kein "
		    "korrektes HTTP und kann daher nicht weitergegeben "
		    "werden; bitte teilen Sie dies dem Betreiber dieses "
		    "Gateways mit.",
		[ERR_UPGRADE] =
		    "Der Server hinter dieser Adresse will zu einem anderen "
		    "Protokoll wie WebSocket wechseln, was hier nicht möglich "
		    "ist; verbinden Sie sich direkt mit ihm.",
		[ERR_HEAD_TOO_LARGE] =
		    "Die Header-Felder der Antwort sind größer, als "
		    "weitergegeben werden darf; bitten Sie den Betreiber "
		    "dieses Gateways, header_quota zu erhöhen.",
		[ERR_BODY_TOO_LARGE] =
		    "Die Antwort ist größer, als weitergegeben werden darf; "
		    "fordern Sie weniger auf einmal an, oder bitten Sie den "
		    "Betreiber dieses Gateways, payload_quota zu erhöhen.",
		[ERR_RESPONSE_INCOMPLETE] =
		    "Der Server hinter dieser Adresse hat mitten in seiner "
		    "Antwort abgebrochen; versuchen Sie es noch einmal.",
		[ERR_LOOP] =
		    "Diese Route führt zu diesem Gateway selbst zurück; ihr "
		    "Betreiber muss ihr eine andere URL geben.",
		[ERR_CLIENT_GONE] =
		    "Der Aufrufer ist gegangen, bevor die Antwort vollständig "
		    "war.",
	},
};
