// Tokens and lists: RFC 9110 §5.6. Header fields of the handshake are lists of tokens. Everything
// here reads a character once: a header of 16 KiB of commas is a usual attack.

/** Whether `text` is a token: RFC 9110 §5.6.2. The empty string is none. */
export function isToken(text: string): boolean {
  if (text.length === 0) return false;
  for (let at = 0; at < text.length; at++) if (!isTokenChar(text.charCodeAt(at))) return false;
  return true;
}

/** Whether a token may contain this character: a letter, a digit or one of 15 marks. */
export function isTokenChar(code: number): boolean {
  if (code >= 0x61 && code <= 0x7a) return true; // a-z
  if (code >= 0x41 && code <= 0x5a) return true; // A-Z
  if (code >= 0x30 && code <= 0x39) return true; // 0-9
  return code < 0x7f && "!#$%&'*+-.^_`|~".includes(String.fromCharCode(code));
}

/** Whether this character is optional white space, OWS: space or tab, RFC 9110 §5.6.3. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * `text` without the white space of HTTP at both ends. `String.prototype.trim` would take more
 * away: bytes above 0x7F among it.
 */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The items of a comma-separated list, empty ones left out: RFC 9110 §5.6.1.2. */
export function listItems(field: string): string[] {
  return field
    .split(",")
    .map(trim)
    .filter((item) => item !== "");
}

/** Whether `token` is an item of the list, in whatever case. */
export function listHas(field: string, token: string): boolean {
  return listItems(field).some((item) => item.toLowerCase() === token); // §4.2.1 [S01]
}
