/* Sends what the form says from this browser, and shows what comes of it: the
   status, the fields that a script sees, how long it took, the beginning of the
   body; and of what fails, what MOUNT/_explain says. */
"use strict";
(() => {
	const form = document.getElementById("try");
	const send = document.getElementById("try-send");
	const place = document.getElementById("try-answer");
	const explain = form.getAttribute("action");
	const mount = explain.slice(0, -"/_explain".length);
	const MOST = 4000;

	const make = (name, text, more) => Object.assign(
	    document.createElement(name), {textContent: text}, more);
	const show = (...parts) => {
		place.replaceChildren(...parts);
		place.hidden = false;
	};
	const code = text => {
		const pre = make("pre", "", {tabIndex: 0});
		pre.append(make("code", text));
		return pre;
	};

	const fields = () => [...form.querySelectorAll("[name=header]")]
	    .map(input => input.value).filter(line => line.includes(":"))
	    .map(line => {
		const at = line.indexOf(":");
		return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
	});

	/* What this browser says of itself with such a fetch. */
	const asked = method => {
		const said = new URLSearchParams();
		said.set("method", method);
		said.set("path", form.elements.path.value);
		for (const [name, value] of fields())
			said.append("header", name + ": " + value);
		said.append("header", "Sec-Fetch-Site: same-origin");
		said.append("header", "Sec-Fetch-Mode: cors");
		if (method != "GET" && method != "HEAD")
			said.set("origin", location.origin);
		return said;
	};

	const remedy = what => {
		const parts = [make("p", what.what + (what.where ? " In " +
		    what.where + ":" : ""))];
		if (what.statement)
			parts.push(code(what.statement));
		return parts;
	};

	/* What an answer says of itself.  Where pages of routes run on this
	   host, no script is told more: only who opens MOUNT/_explain is. */
	const brief = text => {
		const note = make("div", "", {className: "note bad"});
		let told = {};
		try {
			told = JSON.parse(text);
		} catch {
		}
		if (told.rule)
			note.append(make("p", told.detail + " (" + told.rule +
			    ")"));
		note.append(make("p", "\u201cExplain it\u201d says more."));
		return [note];
	};

	/* The explanation of what failed; `text' came. */
	const why = async (method, text) => {
		const answer = await fetch(explain, {method: "POST",
			headers: {"Accept": "application/json"},
			body: asked(method)});
		if (!answer.ok)
			return brief(text);
		const told = await answer.json();
		const note = make("div", "", {className:
		    told.permitted ? "note fair" : "note bad"});
		note.append(make("p", told.permitted ?
		    "No rule refuses it: the target failed, or this client " +
		    "has no requests left." : told.detail + " (" + told.rule +
		    ")"));
		const list = make("ul", "");
		for (const step of told.steps)
			if (step.outcome == "refuse")
				list.append(make("li", step.step + ": " +
				    step.fact));
		return [note, ...list.children.length ? [list] : [],
		    ...told.remedies.length ? [make("h3",
		    "What would change it")] : [],
		    ...told.remedies.flatMap(remedy)];
	};

	const milliseconds = (entry, from, to) =>
	    entry && entry[to] > 0 ? Math.max(0, entry[to] - entry[from])
	    .toFixed(0) + " ms" : "not told";

	const timing = url => {
		const entry = performance.getEntriesByName(url).at(-1);
		const list = make("dl", "", {className: "facts"});
		const rows = [
			["until the first byte", milliseconds(entry,
			    "requestStart", "responseStart")],
			["all of it", milliseconds(entry, "startTime",
			    "responseEnd")]];
		for (const t of entry?.serverTiming ?? [])
			rows.push(["Server-Timing " + t.name,
			    t.duration + " ms"]);
		for (const [name, value] of rows)
			list.append(make("dt", name), make("dd", value));
		return list;
	};

	const preview = text => text.length > MOST ?
	    text.slice(0, MOST) + "\n..." : text || "(empty)";

	const result = async (method, url) => {
		const head = {};
		for (const [name, value] of fields())
			head[name] = value;
		const answer = await fetch(url, {method, headers: head,
		    redirect: "manual", cache: "no-store"});
		const text = await answer.text();
		const failed = answer.headers.get("Proxy-Status")?.startsWith(
		    "viaduct; error=");
		const kind = answer.type == "opaqueredirect" ?
		    "a redirect, which the browser would follow" :
		    answer.status + " " + answer.statusText;
		const parts = [make("h2", kind.trim())];
		if (failed)
			parts.push(...await why(method, text));
		parts.push(make("h3", "Fields that a script sees"),
		    code([...answer.headers].map(([name, value]) =>
		    name + ": " + value).join("\n") || "(none)"),
		    make("h3", "Time"), timing(url),
		    make("h3", "Body"), code(preview(text)));
		return parts;
	};

	const run = async () => {
		const method = form.elements.method.value.trim() || "GET";
		const path = form.elements.path.value;
		const url = new URL(mount + (path.startsWith("/") ? "" : "/") +
		    path, location.href).href;
		send.disabled = true;
		show(make("p", "Asking ..."));
		try {
			show(...await result(method, url));
		} catch (error) {
			show(make("h2", "The browser gave no answer"),
			    make("p", String(error), {className: "soft"}),
			    ...await why(method, "").catch(() => []));
		}
		send.disabled = false;
		place.dataset.done = "yes";
	};

	send.hidden = false;
	send.addEventListener("click", () => {
		place.dataset.done = "";
		run();
	});
})();
