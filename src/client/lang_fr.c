#include "client/lang.h"

const struct lang lang_fr = {
	.tag = "fr",
	.text = {
		[TEXT_GENERAL_ERROR] = "Erreur de la passerelle",
		[TEXT_HEADING_TARGET] =
		    "Le site qui se trouve derrière cette adresse n’est pas "
		    "disponible",
		[TEXT_HEADING_GATEWAY] = "Cette passerelle est en panne",
		[TEXT_HEADING_REQUEST] = "Cette requête n’a pas été exécutée",
		[TEXT_HEADING_FILTERED] =
		    "Cette adresse n’est pas accessible d’ici",
		[TEXT_AGAIN_SECONDS] =
		    "Cette page réessaiera d’elle-même dans "
		    "{{n}}\u00a0secondes.",
		[TEXT_AGAIN_MINUTES] =
		    "Cette page réessaiera d’elle-même dans "
		    "{{n}}\u00a0minutes.",
		[TEXT_RULE] = "Règle",
		[TEXT_REQUEST] = "Requête",
		[TEXT_CONTACT] = "Contact\u00a0:",
		[TEXT_START_TITLE] = "Passerelle",
		[TEXT_START_HEADING] = "Une passerelle pour les scripts",
		[TEXT_START_PURPOSE] =
		    "Les pages d’origines autorisées lisent d’autres serveurs "
		    "à travers cette adresse, qui ajoute les en-têtes CORS "
		    "que ces serveurs n’envoient pas.",
		[TEXT_START_NAMED] =
		    "L’administrateur donne un nom à chaque serveur\u202f; "
		    "demandez-le ainsi\u00a0:",
		[TEXT_START_WHOLE] =
		    "Ou demandez une URL complète, si l’administrateur en "
		    "autorise l’hôte\u00a0:",
		[TEXT_START_ERRORS] =
		    "Lorsqu’une réponse ne peut pas être donnée, la raison "
		    "est indiquée\u00a0: les scripts reçoivent du JSON, avec "
		    "le mot de la règle dans «\u00a0rule\u00a0».",
		[TEXT_START_OPERATOR] = "Pour l’administrateur",
	},
	.rule = {
		[ERR_MALFORMED_REQUEST] =
		    "La méthode, le chemin ou un champ d’en-tête de cette "
		    "requête est incorrect\u202f; envoyez-la telle que HTTP "
		    "(RFC 9110) la définit.",
		[ERR_BAD_PATH] =
		    "Le chemin contient quelque chose qui n’est jamais "
		    "transmis\u00a0: un segment . ou .., une barre oblique "
		    "inverse, un caractère de contrôle, un # ou un "
		    "encodage-pourcent incorrect\u202f; envoyez-le sans cela.",
		[ERR_AMBIGUOUS_PATH] =
		    "Le serveur web placé devant cette passerelle a réécrit "
		    "le chemin, si bien que l’un et l’autre serviraient des "
		    "routes différentes\u202f; envoyez-le sans segment vide "
		    "ni . ni .., ou derrière ?route=NAME&path=PATH.",
		[ERR_BAD_QUERY] =
		    "La chaîne de requête (ce qui suit le point "
		    "d’interrogation) n’est pas de celles que connaît cette "
		    "passerelle\u00a0: utilisez route et path, ou url, avec "
		    "method au besoin, chacun une fois au plus et avec "
		    "encodage-pourcent.",
		[ERR_BAD_URL] =
		    "L’URL à récupérer est illisible\u202f; envoyez-la comme "
		    "l’écrivent les navigateurs, avec http ou https, sans nom "
		    "d’utilisateur ni fragment et, derrière ?url=, avec un "
		    "seul encodage-pourcent.",
		[ERR_MALFORMED_ORIGIN] =
		    "Le champ Origin ne contient pas une origine telle que "
		    "l’envoient les navigateurs, par exemple "
		    "https://www.example.org\u202f; un programme qui n’est "
		    "pas un navigateur peut l’omettre.",
		[ERR_BAD_LENGTH] =
		    "Le champ Content-Length n’est pas un nombre "
		    "d’octets\u202f; laissez votre bibliothèque HTTP le "
		    "calculer.",
		[ERR_UPLOAD_INCOMPLETE] =
		    "Il est arrivé moins d’octets que Content-Length n’en "
		    "annonçait\u202f; envoyez à nouveau la requête.",
		[ERR_KEY_REQUIRED] =
		    "Cette route exige une clé valide, dans le champ "
		    "X-API-Key ou sous la forme Authorization: Bearer\u202f; "
		    "c’est l’administrateur de cette passerelle qui délivre "
		    "les clés.",
		[ERR_TOKEN_REQUIRED] =
		    "Un jeton (JWT) valide est nécessaire, sous la forme "
		    "Authorization: Bearer\u202f; reconnectez-vous au service "
		    "qui l’émet.",
		[ERR_ORIGIN_NOT_ALLOWED] =
		    "Les pages de cette origine n’ont pas le droit de lire à "
		    "travers cette passerelle\u202f; demandez à son "
		    "administrateur d’ajouter l’origine à allow_origins.",
		[ERR_ORIGIN_REQUIRED] =
		    "Seuls les scripts de pages autorisées peuvent faire des "
		    "requêtes ici, et il manque à celle-ci le champ Origin, "
		    "que les navigateurs ajoutent\u202f; appelez cette "
		    "adresse avec fetch() depuis l’une de ces pages.",
		[ERR_FETCH_MODE] =
		    "Une page d’un autre site intègre cette adresse ou "
		    "contient un lien vers elle, ce qui n’est pas "
		    "autorisé\u202f; lisez-la depuis cette page avec fetch() "
		    "dans son mode habituel, cors.",
		[ERR_SERVICE_WORKER] =
		    "Une réponse de cette passerelle ne peut pas devenir un "
		    "service worker\u202f; servez ce script depuis l’hôte de "
		    "la page elle-même.",
		[ERR_AUTH_SCHEME] =
		    "Une authentification NTLM ou Negotiate est liée à une "
		    "seule connexion, or les connexions de cette passerelle "
		    "sont partagées\u202f; utilisez une autre méthode, comme "
		    "Basic ou Bearer.",
		[ERR_FILTERED_PATH] =
		    "L’administrateur de cette passerelle a bloqué ce "
		    "chemin\u202f; adressez-vous à lui si vous avez besoin "
		    "d’y accéder.",
		[ERR_TARGET_NOT_ALLOWED] =
		    "Cette passerelle ne récupère pas cette URL\u202f; "
		    "demandez l’une de ses routes par son nom, ou demandez à "
		    "l’administrateur d’autoriser l’URL.",
		[ERR_WHOLE_URL_PROOF] =
		    "Une URL de votre choix n’est récupérée que pour les "
		    "scripts de pages autorisées et pour ceux qui ont une clé "
		    "ou un jeton\u202f; appelez cette adresse avec fetch() "
		    "depuis l’une de ces pages, ou envoyez une clé dans le "
		    "champ X-API-Key.",
		[ERR_METHOD_PROOF] =
		    "Une méthode qui modifie quelque chose ne peut être "
		    "indiquée par method= que par les scripts de pages "
		    "autorisées et par ceux qui ont une clé ou un jeton "
		    "valides\u202f; envoyez plutôt la requête avec cette "
		    "méthode elle-même.",
		[ERR_OPERATOR_ONLY] =
		    "Cette page est réservée à l’administrateur de cette "
		    "passerelle, qui l’ouvre avec une clé, dans le champ "
		    "X-API-Key, sous la forme Authorization: Bearer ou, dans "
		    "un navigateur, dans le formulaire de la page _status, "
		    "ou, si aucune n’est définie, depuis la machine "
		    "elle-même.",
		[ERR_NO_ROUTE] =
		    "Il n’y a ici aucune route de ce nom\u202f; vérifiez-en "
		    "l’orthographe, ou demandez à l’administrateur de cette "
		    "passerelle de l’ajouter.",
		[ERR_METHOD_NOT_ALLOWED] =
		    "Cette méthode n’est pas autorisée ici\u202f; le champ "
		    "Allow de la réponse indique celles qui le sont.",
		[ERR_UPLOAD_STALLED] =
		    "L’envoi des données s’est arrêté avant la fin\u202f; "
		    "envoyez à nouveau la requête.",
		[ERR_UPLOAD_TOO_LARGE] =
		    "Les données envoyées dépassent la taille autorisée "
		    "ici\u202f; envoyez-en moins à la fois, ou demandez à "
		    "l’administrateur de cette passerelle d’augmenter "
		    "upload_quota.",
		[ERR_URL_TOO_LONG] =
		    "Le chemin et la chaîne de requête dépassent "
		    "8\u202f000\u00a0octets\u202f; raccourcissez-les, ou "
		    "envoyez les données dans le corps de la requête.",
		[ERR_RATE_LIMITED] =
		    "Trop de requêtes proviennent de votre adresse "
		    "réseau\u202f; attendez le nombre de secondes indiqué par "
		    "le champ Retry-After.",
		[ERR_FIELDS_TOO_LARGE] =
		    "Les champs d’en-tête sont trop nombreux ou trop "
		    "grands\u202f; envoyez-en 100 au plus, aucun de plus de "
		    "8\u202f000\u00a0octets, et 32\u00a0Kio en tout.",
		[ERR_ROUTE_INVALID] =
		    "Cette route est mal configurée, ce que seul son "
		    "administrateur peut corriger\u202f; «\u00a0viaduct "
		    "check\u00a0» lui dit comment.",
		[ERR_MOUNT_UNKNOWN] =
		    "Le serveur web n’indique pas sous quel chemin se trouve "
		    "cette passerelle, ce que seul son administrateur peut "
		    "corriger, avec base_path.",
		[ERR_NO_MEMORY] =
		    "Cette requête demande plus de mémoire qu’une requête ne "
		    "peut en utiliser\u202f; envoyez moins de champs "
		    "d’en-tête, ou de plus courts, et une chaîne de requête "
		    "plus courte.",
		[ERR_INTERNAL] =
		    "Cette passerelle a rencontré une erreur dont vous n’êtes "
		    "pas responsable\u202f; réessayez et, si l’erreur "
		    "persiste, communiquez à son administrateur l’identifiant "
		    "de la requête.",
		[ERR_CONFIGURATION] =
		    "Cette passerelle ne peut pas lire sa configuration ou "
		    "ses routes, ce que seul son administrateur peut "
		    "corriger\u202f; le journal des erreurs et «\u00a0viaduct "
		    "check\u00a0» en donnent la raison.",
		[ERR_KEYS_STALE] =
		    "Depuis une minute, cette passerelle ne peut plus lire "
		    "ses clés et ne laisse donc entrer personne\u202f; "
		    "réessayez plus tard.",
		[ERR_ROUTE_BUSY] =
		    "Trop de requêtes vers cette route attendent leur "
		    "tour\u202f; réessayez dans quelques secondes.",
		[ERR_NO_DESCRIPTORS] =
		    "Cette passerelle a trop de connexions ouvertes\u202f; "
		    "réessayez dans quelques secondes.",
		[ERR_SHUTTING_DOWN] =
		    "Cette passerelle est en train de redémarrer\u202f; "
		    "envoyez à nouveau la requête.",
		[ERR_DNS] =
		    "Le nom du serveur qui se trouve derrière cette route ne "
		    "peut pas être résolu\u202f; réessayez plus tard.",
		[ERR_ADDRESS_PROHIBITED] =
		    "Le serveur qui se trouve derrière cette route a une "
		    "adresse que celle-ci n’a pas le droit de joindre\u202f; "
		    "l’administrateur de cette passerelle peut l’autoriser "
		    "avec allow_private.",
		[ERR_CONNECTION_REFUSED] =
		    "Le serveur qui se trouve derrière cette route n’accepte "
		    "pas de connexions\u202f; réessayez dans quelques "
		    "minutes.",
		[ERR_CONNECTION_TIMEOUT] =
		    "Le serveur qui se trouve derrière cette route est "
		    "injoignable\u202f; réessayez dans quelques minutes.",
		[ERR_TARGET_DOWN] =
		    "Le serveur derrière cette route n’accepte pas de "
		    "connexions depuis un moment et n’est donc pas interrogé "
		    "pour l’instant\u00a0; réessayez après le nombre de "
		    "secondes qu’indique le champ Retry-After.",
		[ERR_DESTINATION_UNAVAILABLE] =
		    "L’hôte de cette URL est injoignable d’ici\u202f; "
		    "vérifiez-en le nom et le port, ou réessayez plus tard.",
		[ERR_RESPONSE_TIMEOUT] =
		    "Le serveur qui se trouve derrière cette adresse n’a pas "
		    "commencé à répondre à temps\u202f; réessayez dans "
		    "quelques minutes.",
		[ERR_READ_TIMEOUT] =
		    "Le serveur qui se trouve derrière cette adresse s’est "
		    "arrêté au milieu de sa réponse\u202f; réessayez dans "
		    "quelques minutes.",
		[ERR_TOTAL_TIMEOUT] =
		    "La réponse a pris plus de temps qu’il n’est permis "
		    "ici\u202f; demandez-en moins à la fois, ou réessayez "
		    "plus tard.",
		[ERR_TLS_PROTOCOL] =
		    "Aucune connexion sécurisée n’est possible avec le "
		    "serveur qui se trouve derrière cette adresse\u202f; "
		    "veuillez le signaler à l’administrateur de cette "
		    "passerelle.",
		[ERR_TLS_CERTIFICATE] =
		    "Le certificat du serveur qui se trouve derrière cette "
		    "adresse n’est pas digne de confiance\u202f; veuillez le "
		    "signaler à l’administrateur de cette passerelle.",
		[ERR_BAD_RESPONSE] =
		    "La réponse du serveur qui se trouve derrière cette "
		    "adresse n’est pas du HTTP correct et ne peut donc pas "
		    "être transmise\u202f; veuillez le signaler à "
		    "l’administrateur de cette passerelle.",
		[ERR_UPGRADE] =
		    "Le serveur qui se trouve derrière cette adresse veut "
		    "passer à un autre protocole, comme WebSocket, ce qui "
		    "n’est pas possible ici\u202f; connectez-vous directement "
		    "à lui.",
		[ERR_HEAD_TOO_LARGE] =
		    "Les champs d’en-tête de la réponse dépassent la taille "
		    "qui peut être transmise\u202f; demandez à "
		    "l’administrateur de cette passerelle d’augmenter "
		    "header_quota.",
		[ERR_BODY_TOO_LARGE] =
		    "La réponse dépasse la taille qui peut être "
		    "transmise\u202f; demandez-en moins à la fois, ou "
		    "demandez à l’administrateur de cette passerelle "
		    "d’augmenter payload_quota.",
		[ERR_RESPONSE_INCOMPLETE] =
		    "Le serveur qui se trouve derrière cette adresse a "
		    "interrompu sa réponse\u202f; réessayez.",
		[ERR_LOOP] =
		    "Cette route ramène à cette passerelle elle-même\u202f; "
		    "son administrateur doit lui donner une autre URL.",
		[ERR_CLIENT_GONE] =
		    "L’auteur de la requête est parti avant que la réponse ne "
		    "soit complète.",
	},
};
