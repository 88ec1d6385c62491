#include "client/lang.h"

const struct lang lang_es = {
	.tag = "es",
	.text = {
		[TEXT_GENERAL_ERROR] = "Error de la pasarela",
		[TEXT_HEADING_TARGET] =
		    "El sitio que hay detrás de esta dirección no está "
		    "disponible",
		[TEXT_HEADING_GATEWAY] =
		    "Esta pasarela no funciona en este momento",
		[TEXT_HEADING_REQUEST] =
		    "Esta solicitud no se ha llevado a cabo",
		[TEXT_HEADING_FILTERED] =
		    "Desde aquí no se puede acceder a esta dirección",
		[TEXT_AGAIN_SECONDS] =
		    "Esta página lo intentará de nuevo por sí sola dentro de "
		    "{{n}}\u00a0segundos.",
		[TEXT_AGAIN_MINUTES] =
		    "Esta página lo intentará de nuevo por sí sola dentro de "
		    "{{n}}\u00a0minutos.",
		[TEXT_RULE] = "Regla",
		[TEXT_REQUEST] = "Solicitud",
		[TEXT_CONTACT] = "Contacto:",
		[TEXT_START_TITLE] = "Pasarela",
		[TEXT_START_HEADING] = "Una pasarela para scripts",
		[TEXT_START_PURPOSE] =
		    "Las páginas de orígenes autorizados leen otros "
		    "servidores a través de esta dirección, que añade los "
		    "encabezados CORS que esos servidores no envían.",
		[TEXT_START_NAMED] =
		    "El administrador da un nombre a cada servidor; pídalo "
		    "así:",
		[TEXT_START_WHOLE] =
		    "O pida una URL completa, si el administrador autoriza su "
		    "host:",
		[TEXT_START_ERRORS] =
		    "Cuando no se puede dar una respuesta, se dice por qué: "
		    "los scripts reciben JSON, con la palabra de la regla en "
		    "«rule».",
		[TEXT_START_OPERATOR] = "Para el administrador",
	},
	.rule = {
		[ERR_MALFORMED_REQUEST] =
		    "El método, la ruta o un encabezado de esta solicitud no "
		    "es correcto; envíela tal como lo define HTTP (RFC 9110).",
		[ERR_BAD_PATH] =
		    "La ruta contiene algo que nunca se transmite: un "
		    "segmento . o .., una barra invertida, un carácter de "
		    "control, un # o una codificación por porcentaje "
		    "incorrecta; envíela sin ello.",
		[ERR_AMBIGUOUS_PATH] =
		    "El servidor web que hay delante de esta pasarela "
		    "reescribió la ruta, de modo que cada uno serviría un "
		    "destino distinto; envíela sin segmentos vacíos, . ni .., "
		    "o detrás de ?route=NAME&path=PATH.",
		[ERR_BAD_QUERY] =
		    "La consulta (lo que sigue al signo de interrogación) no "
		    "es de las que conoce esta pasarela: use route y path, o "
		    "url, con method si hace falta, cada uno como máximo una "
		    "vez y codificado por porcentaje.",
		[ERR_BAD_URL] =
		    "La URL que se debe obtener no se puede leer; envíela "
		    "como la escriben los navegadores, con http o https, sin "
		    "nombre de usuario ni fragmento y, detrás de ?url=, "
		    "codificada por porcentaje una sola vez.",
		[ERR_MALFORMED_ORIGIN] =
		    "El encabezado Origin no contiene un origen como los que "
		    "envían los navegadores, por ejemplo "
		    "https://www.example.org; un programa que no sea un "
		    "navegador puede omitirlo.",
		[ERR_BAD_LENGTH] =
		    "El encabezado Content-Length no es un número de bytes; "
		    "deje que su biblioteca de HTTP lo calcule.",
		[ERR_UPLOAD_INCOMPLETE] =
		    "Llegaron menos bytes de los que anunciaba "
		    "Content-Length; envíe de nuevo la solicitud.",
		[ERR_KEY_REQUIRED] =
		    "Este destino requiere una clave válida, en el encabezado "
		    "X-API-Key o como Authorization: Bearer; las claves las "
		    "entrega el administrador de esta pasarela.",
		[ERR_TOKEN_REQUIRED] =
		    "Se requiere un token (JWT) válido, como Authorization: "
		    "Bearer; vuelva a iniciar sesión en el servicio que lo "
		    "emite.",
		[ERR_ORIGIN_NOT_ALLOWED] =
		    "Las páginas de este origen no pueden leer a través de "
		    "esta pasarela; pida a su administrador que añada el "
		    "origen a allow_origins.",
		[ERR_ORIGIN_REQUIRED] =
		    "Aquí solo se admiten solicitudes de scripts de páginas "
		    "autorizadas, y a esta le falta el encabezado Origin, que "
		    "añaden los navegadores; hágala con fetch() desde una de "
		    "esas páginas.",
		[ERR_FETCH_MODE] =
		    "Una página de otro sitio incrusta esta dirección o "
		    "enlaza a ella, y eso no está permitido; léala desde allí "
		    "con fetch() en su modo habitual, cors.",
		[ERR_SERVICE_WORKER] =
		    "Una respuesta de esta pasarela no puede convertirse en "
		    "un service worker; sirva ese script desde el host de la "
		    "propia página.",
		[ERR_AUTH_SCHEME] =
		    "Un inicio de sesión con NTLM o Negotiate pertenece a una "
		    "sola conexión, y quienes usan esta pasarela comparten "
		    "las conexiones; use otro método, como Basic o Bearer.",
		[ERR_FILTERED_PATH] =
		    "El administrador de esta pasarela ha bloqueado esta "
		    "ruta; diríjase a él si necesita acceso.",
		[ERR_TARGET_NOT_ALLOWED] =
		    "Esta pasarela no obtiene esta URL; pida uno de sus "
		    "destinos por su nombre o solicite al administrador que "
		    "autorice la URL.",
		[ERR_WHOLE_URL_PROOF] =
		    "Una URL de su elección solo se obtiene para scripts de "
		    "páginas autorizadas y para quienes tienen una clave o un "
		    "token; llame a esta dirección con fetch() desde una de "
		    "esas páginas o envíe una clave en el encabezado "
		    "X-API-Key.",
		[ERR_METHOD_PROOF] =
		    "Un método que modifica algo solo pueden indicarlo con "
		    "method= los scripts de páginas autorizadas y quienes "
		    "tienen una clave o un token válidos; envíe la solicitud "
		    "directamente con ese método.",
		[ERR_OPERATOR_ONLY] =
		    "Esta página es para el administrador de esta pasarela, "
		    "que la abre con una clave, en el encabezado X-API-Key, "
		    "como Authorization: Bearer o, en un navegador, en el "
		    "formulario de la página _status, o bien, si no hay "
		    "ninguna definida, desde el propio equipo.",
		[ERR_NO_ROUTE] =
		    "Aquí no hay ningún destino con este nombre; compruebe "
		    "cómo está escrito o pida al administrador de esta "
		    "pasarela que lo añada.",
		[ERR_METHOD_NOT_ALLOWED] =
		    "Este método no está permitido aquí; el encabezado Allow "
		    "de la respuesta indica cuáles sí lo están.",
		[ERR_UPLOAD_STALLED] =
		    "El envío de los datos se detuvo antes de terminar; envíe "
		    "de nuevo la solicitud.",
		[ERR_UPLOAD_TOO_LARGE] =
		    "Los datos enviados superan el tamaño permitido aquí; "
		    "envíe menos de una vez o pida al administrador de esta "
		    "pasarela que aumente upload_quota.",
		[ERR_URL_TOO_LONG] =
		    "La ruta y la consulta superan los 8000\u00a0bytes; "
		    "acórtelas o envíe los datos en el cuerpo de la "
		    "solicitud.",
		[ERR_RATE_LIMITED] =
		    "Llegan demasiadas solicitudes desde su dirección de red; "
		    "espere los segundos que indica el encabezado "
		    "Retry-After.",
		[ERR_FIELDS_TOO_LARGE] =
		    "Los encabezados son demasiados o demasiado grandes; "
		    "envíe como máximo 100, ninguno de más de "
		    "8000\u00a0bytes, y 32\u00a0KiB en total.",
		[ERR_ROUTE_INVALID] =
		    "Este destino no está bien configurado, y solo su "
		    "administrador puede corregirlo; «viaduct check» le dice "
		    "cómo.",
		[ERR_MOUNT_UNKNOWN] =
		    "El servidor web no indica en qué ruta se encuentra esta "
		    "pasarela, y solo su administrador puede corregirlo, con "
		    "base_path.",
		[ERR_NO_MEMORY] =
		    "Esta solicitud necesita más memoria de la que se permite "
		    "a una solicitud; envíe menos encabezados, o más cortos, "
		    "y una consulta más corta.",
		[ERR_INTERNAL] =
		    "Esta pasarela ha fallado, sin que usted tenga la culpa; "
		    "inténtelo de nuevo y, si el error persiste, indique a su "
		    "administrador el identificador de la solicitud.",
		[ERR_CONFIGURATION] =
		    "Esta pasarela no puede leer su configuración o sus "
		    "destinos, y solo su administrador puede corregirlo; el "
		    "registro de errores y «viaduct check» indican el motivo.",
		[ERR_KEYS_STALE] =
		    "Esta pasarela lleva un minuto sin poder leer sus claves "
		    "y por eso no deja entrar a nadie; inténtelo de nuevo más "
		    "tarde.",
		[ERR_ROUTE_BUSY] =
		    "Hay demasiadas solicitudes a este destino esperando su "
		    "turno; inténtelo de nuevo dentro de unos segundos.",
		[ERR_NO_DESCRIPTORS] =
		    "Esta pasarela tiene demasiadas conexiones abiertas; "
		    "inténtelo de nuevo dentro de unos segundos.",
		[ERR_SHUTTING_DOWN] =
		    "Esta pasarela se está reiniciando; envíe de nuevo la "
		    "solicitud.",
		[ERR_DNS] =
		    "No se puede resolver el nombre del servidor de este "
		    "destino; inténtelo de nuevo más tarde.",
		[ERR_ADDRESS_PROHIBITED] =
		    "El servidor de este destino tiene una dirección a la que "
		    "no se permite llegar; el administrador de esta pasarela "
		    "puede autorizarla con allow_private.",
		[ERR_CONNECTION_REFUSED] =
		    "El servidor de este destino no acepta conexiones; "
		    "inténtelo de nuevo dentro de unos minutos.",
		[ERR_CONNECTION_TIMEOUT] =
		    "No se puede conectar con el servidor de este destino; "
		    "inténtelo de nuevo dentro de unos minutos.",
		[ERR_TARGET_DOWN] =
		    "El servidor que está detrás de esta ruta no acepta "
		    "conexiones desde hace un rato, por lo que ahora no se le "
		    "consulta; vuelva a intentarlo dentro de los segundos que "
		    "indica el campo Retry-After.",
		[ERR_DESTINATION_UNAVAILABLE] =
		    "No se puede llegar desde aquí al host de esta URL; "
		    "compruebe su nombre y su puerto o inténtelo de nuevo más "
		    "tarde.",
		[ERR_RESPONSE_TIMEOUT] =
		    "El servidor que hay detrás de esta dirección no empezó a "
		    "responder a tiempo; inténtelo de nuevo dentro de unos "
		    "minutos.",
		[ERR_READ_TIMEOUT] =
		    "El servidor que hay detrás de esta dirección se detuvo "
		    "en mitad de su respuesta; inténtelo de nuevo dentro de "
		    "unos minutos.",
		[ERR_TOTAL_TIMEOUT] =
		    "La respuesta tardó más de lo que se permite aquí; pida "
		    "menos de una vez o inténtelo de nuevo más tarde.",
		[ERR_TLS_PROTOCOL] =
		    "No se puede establecer una conexión segura con el "
		    "servidor que hay detrás de esta dirección; comuníquelo "
		    "al administrador de esta pasarela.",
		[ERR_TLS_CERTIFICATE] =
		    "No se puede confiar en el certificado del servidor que "
		    "hay detrás de esta dirección; comuníquelo al "
		    "administrador de esta pasarela.",
		[ERR_BAD_RESPONSE] =
		    "La respuesta del servidor que hay detrás de esta "
		    "dirección no es HTTP correcto y no se puede transmitir; "
		    "comuníquelo al administrador de esta pasarela.",
		[ERR_UPGRADE] =
		    "El servidor que hay detrás de esta dirección quiere "
		    "cambiar a otro protocolo, como WebSocket, y eso no es "
		    "posible aquí; conéctese directamente con él.",
		[ERR_HEAD_TOO_LARGE] =
		    "Los encabezados de la respuesta superan el tamaño que se "
		    "puede transmitir; pida al administrador de esta pasarela "
		    "que aumente header_quota.",
		[ERR_BODY_TOO_LARGE] =
		    "La respuesta supera el tamaño que se puede transmitir; "
		    "pida menos de una vez o solicite al administrador de "
		    "esta pasarela que aumente payload_quota.",
		[ERR_RESPONSE_INCOMPLETE] =
		    "El servidor que hay detrás de esta dirección interrumpió "
		    "su respuesta; inténtelo de nuevo.",
		[ERR_LOOP] =
		    "Este destino conduce de nuevo a esta misma pasarela; su "
		    "administrador debe darle otra URL.",
		[ERR_CLIENT_GONE] =
		    "Quien hizo la solicitud se fue antes de que la respuesta "
		    "estuviera completa.",
	},
};
