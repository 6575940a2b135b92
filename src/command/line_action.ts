// What a line means that somebody typed into `sluice connect`.

import { UsageError } from "./command.ts";
import { readHexText } from "./hex_text.ts";

/** What to do. */
export type LineAction =
  | { readonly do: "send"; readonly message: string | Uint8Array }
  | { readonly do: "ping" }
  | { readonly do: "close"; readonly code: number; readonly reason: string }
  | { readonly do: "help" };

/** The commands, for `--help` and `/help`. */
export const ACTIONS_HELP = `\
  /ping                  Sends a ping, and shows how long its pong takes
  /binary HEX            Sends a binary message
  /close [CODE [REASON]] Closes, with 1000 unless CODE is another
  /help                  Shows this
  //TEXT                 Sends /TEXT`;

const NORMAL_CLOSURE = 1000;

/**
 * @param hasActions Whether a "/" at the start has a meaning; else all of the line is a message.
 * @param isBinary Whether a message is written in hex.
 * @throws {UsageError} When it is no hex, or no command that there is.
 */
export function readLine(line: string, hasActions: boolean, isBinary: boolean): LineAction {
  if (!hasActions || !line.startsWith("/")) return message(line, isBinary);
  if (line.startsWith("//")) return message(line.slice(1), isBinary);
  const [, name, rest] = /^\/(\S*)\s*(.*)$/s.exec(line) as RegExpExecArray; // any line matches
  switch (name) {
    case "ping":
      return { do: "ping" };
    case "binary":
      return message(rest, true);
    case "close":
      return close(rest);
    case "help":
      return { do: "help" };
    default:
      throw new UsageError(`There is no command "/${name}": /help shows them, //${name} sends it`);
  }
}

function message(text: string, isBinary: boolean): LineAction {
  return { do: "send", message: isBinary ? readHexText(text) : text };
}

function close(text: string): LineAction {
  const [, code, reason] = /^(\d*)\s*(.*)$/s.exec(text) as RegExpExecArray; // any text does
  return { do: "close", code: code === "" ? NORMAL_CLOSURE : Number(code), reason };
}
