// cors-anywhere with connections to the target kept open.  Its own server.js
// has no setting for this: http-proxy closes each unless it is given an agent.
// Otherwise as server.js ships it; one agent serves one scheme.
"use strict";
const secure = process.env.BENCH_SCHEME === "https";
const Agent = require(secure ? "https" : "http").Agent;
const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024 });

require("cors-anywhere").createServer({
	requireHeader: ["origin", "x-requested-with"],
	removeHeaders: ["cookie", "cookie2", "x-request-start", "x-request-id",
	    "via", "connect-time", "total-route-time"],
	redirectSameOrigin: true,
	httpProxyOptions: { xfwd: false, agent: agent },
}).listen(process.env.PORT, process.env.HOST);
