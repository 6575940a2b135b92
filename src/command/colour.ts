// Whether to write in colour, and how: the convention of no-color.org, and what terminals take.

/** What there is to say, in colour. */
export type Style = "strong" | "soft" | "sent" | "received" | "wrong";

/** `text` in a style. */
export type Paint = (style: Style, text: string) => string;

/** Bold, dim, yellow, cyan, red: readable on dark and on light ground. */
const SGR: Readonly<Record<Style, number>> = {
  strong: 1,
  soft: 2,
  sent: 33,
  received: 36,
  wrong: 31,
};

/** The options of every command that writes in colour, for `parseArgs`. */
export const COLOUR_OPTIONS: {
  readonly color: { readonly type: "boolean" };
  readonly "no-color": { readonly type: "boolean" };
} = { color: { type: "boolean" }, "no-color": { type: "boolean" } };

/** Their lines for `--help`. */
export const COLOUR_HELP = `\
  --color, --no-color   Colours, or none. Default: on a terminal, unless NO_COLOR is set;
                        FORCE_COLOR wants them anywhere`;

/**
 * Whether to write in colour to a stream: an option decides, then NO_COLOR, then FORCE_COLOR, then
 * whether it is a terminal that can.
 */
export function wantsColour(
  values: { readonly color?: boolean; readonly "no-color"?: boolean },
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (values["no-color"]) return false;
  if (values.color) return true;
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] !== undefined) return env["FORCE_COLOR"] !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** Paints, or leaves the text as it is. */
export function painter(isColoured: boolean): Paint {
  if (!isColoured) return (_style, text) => text;
  return (style, text) => `\x1b[${SGR[style]}m${text}\x1b[0m`;
}
