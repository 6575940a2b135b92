// The files of the page. Each has the URL that its path has in the repository, so that what a
// browser shows of it can be found there: the page's own under /src/command/page/, and under
// /src/frame/ the library's modules that take frames apart, as they are compiled. Those import
// nothing of Node, so the page says of a frame what the library says.

import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

// The compiler copies neither HTML nor JavaScript into dist, where this runs.
const PAGE = new URL("../../../src/command/page/", import.meta.url);
const FRAME = new URL("../frame/", import.meta.url);

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** The page may load nothing and talk to nobody but this server. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** All files, by their path. */
export class PageFiles {
  readonly #files = new Map<string, { readonly content: string; readonly type: string }>();

  constructor() {
    this.#read("/src/command/page/", PAGE);
    this.#read("/src/frame/", FRAME);
    const page = this.#files.get("/src/command/page/page.html");
    if (page !== undefined) this.#files.set("/", page);
  }

  /** The answer to a request for `path`; `null` when it is none of them. */
  respond(path: string): Response | null {
    const file = this.#files.get(path);
    if (file === undefined) return null;
    const headers = {
      "Content-Type": file.type,
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-cache",
    };
    return new Response(file.content, { headers });
  }

  #read(path: string, directory: URL): void {
    for (const name of readdirSync(fileURLToPath(directory))) {
      const type = MEDIA_TYPES[extname(name)];
      if (type === undefined) continue;
      const content = readFileSync(new URL(name, directory), "utf8");
      this.#files.set(path + name, { type, content });
    }
  }
}
