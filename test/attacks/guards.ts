// What stands between a known attack and the server: the text in the source, and how it reads when
// the guard is gone. `npm run guards` takes away one after the other, and sees the replays fail.
//
// Where what was wrong elsewhere is a thing done, as to keep all that came, there is nothing to
// take away: then the replacement does it.

/** A change of one file. The text must be there exactly once. */
export interface Edit {
  /** As in "src/frame/rules.ts". */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

const edit = (file: string, text: string, instead: string): Edit => ({
  file: `src/${file}`,
  text,
  instead,
});

/** A condition that never holds. */
const never = (file: string, condition: string): Edit =>
  edit(file, `if (${condition}) `, "if (false) ");

/** A statement that is not there. */
const without = (file: string, statement: string): Edit => edit(file, statement, "// ");

const HEADER = "frame/header.ts";
const RULES = "frame/rules.ts";
const ASSEMBLER = "message/assembler.ts";
const INFLATE = "message/inflate.ts";
const HANDSHAKE = "protocol/handshake.ts";
const EXCHANGE = "server/exchange.ts";

/** The guards, by what they hold up. */
export const GUARDS: Readonly<Record<string, readonly Edit[]>> = {
  // Sizes and counts.
  messageSize: [
    never(ASSEMBLER, "this.#announced > this.#sizeMax && this.#announced > this.#announcedMax"),
  ],
  sumOfFragments: [
    edit(ASSEMBLER, "this.#announced += length;", "this.#announced = length;"),
  ],
  inflatedSize: [
    edit(INFLATE, "maxOutputLength: Math.max(sizeMax - size, 1),", "maxOutputLength: 2 ** 30,"),
    never(INFLATE, "size + inflated.buffer.length > sizeMax"),
  ],
  inflatedSizeWhileItGrows: [
    edit(INFLATE, "maxOutputLength: Math.max(sizeMax - size, 1),", "maxOutputLength: 2 ** 30,"),
  ],
  sizeBeforeGarbage: [never(INFLATE, 'error.code === "ERR_BUFFER_TOO_LARGE"')],
  announcedSize: [
    edit(
      ASSEMBLER,
      "const trusted = Math.min(this.#announced, BUFFER_SIZE_TRUSTED);",
      "const trusted = this.#announced;",
    ),
  ],
  oneBuffer: [
    edit(
      ASSEMBLER,
      "copyBytes(this.#buffer, this.#size, bytes, start, end);",
      `copyBytes(this.#buffer, this.#size, bytes, start, end);
       ((this as any).parts ??= []).push(bytes.subarray(start, end));`,
    ),
  ],
  emptyFragments: [edit(ASSEMBLER, "if (this.#emptyCost <= this.#sizeMax) return;", "return;")],
  inbox: [
    edit(
      "connection/read_loop.ts",
      "if (this.#paused || this.#discarding || !this.#isFull()) return;",
      "return;",
    ),
  ],
  pongsMax: [
    edit(
      "connection/control_queue.ts",
      "this.#pongs[Math.min(this.#pongs.length, PONGS_MAX - 1)] = payload;",
      "this.#pongs.push(payload);",
    ),
  ],
  pongsWaitForRoom: [
    without("connection/write_loop.ts", "if (this.#writer.isFull) return; // §5.4 [B16]"),
  ],
  pongsAreForgotten: [
    edit(
      "connection/lifecycle.ts",
      "this.#pings?.pong(payload);",
      "((this as any).pongs ??= []).push(payload);",
    ),
  ],
  bodyWaits: [edit("server/request.ts", "{ highWaterMark: 0 },", "{ highWaterMark: Infinity },")],
  noBody: [never(HANDSHAKE, 'lengths.some((length) => length !== "0")')],
  headSize: [
    edit(
      "server/node_server.ts",
      "maxHeaderSize: Math.min(headersSizeMax, NODE_MAX),",
      "maxHeaderSize: NODE_MAX,",
    ),
  ],
  fieldsMax: [never("server/request.ts", "headers > headersMax")],
  answerSize: [
    edit("client/dial.ts", "const HEAD_SIZE_MAX = 16 * 1024;", "const HEAD_SIZE_MAX = 2 ** 30;"),
  ],
  waitingIsOver: [
    without(
      EXCHANGE,
      "if (admitted !== null) context.admission.end(admitted, connection);",
    ),
  ],
  perAddress: [never("server/admission.ts", "count >= connectionsPerAddressMax")],

  // Numbers, grammar, and what may be thrown.
  topBit: [never(HEADER, "high < 0"), without(HEADER, "if (length < 65536) throw")],
  upperHalf: [
    never(HEADER, "high > 0x1fffff"),
    edit(HEADER, "const length = high * 2 ** 32 + low;", "const length = low;"),
  ],
  reservedOpcode: [never(RULES, "isReserved(opcode)")],
  controlSize: [never(RULES, "length > CONTROL_LENGTH_MAX && isControl(first & 0b1111)")],
  controlFrames: [
    never(RULES, "isControl(opcode) && byte < 0x80"),
    never(ASSEMBLER, "rsv !== 0 && (isControl(opcode) || opcode === Opcode.CONTINUATION)"),
  ],
  scanner: [
    edit(
      "message/extension.ts",
      "const scanner = new Scanner(field);",
      String.raw`/"(?:\\[\x00-\x7f]|[^\x00-\x08\x0a-\x1f\x7f"])*"/.test(field);
       const scanner = new Scanner(field);`,
    ),
  ],
  listOfOneRun: [edit("message/token.ts", '.split(",")', ".split(/ *, */)")],
  listOfAnySpace: [edit("message/token.ts", '.split(",")', String.raw`.split(/\s*,\s*/)`)],
  noObjectIsKeyed: [
    edit(
      "message/negotiate.ts",
      "if (seen.has(name) ||",
      "((offer as any)[name] ??= []).push?.(value) ?? (offer as any)[name].push(value);\n" +
        "if (seen.has(name) ||",
    ),
  ],
  windowBits: [
    edit(
      "message/negotiate.ts",
      "BITS: RegExp = /^(?:[89]|1[0-5])$/;",
      String.raw`BITS: RegExp = /^\d+$/;`,
    ),
  ],
  tokens: [never(HANDSHAKE, "!protocols.every(isToken)")],
  methods: [never("server/request.ts", "FORBIDDEN_METHODS.includes(method)")],
  violationsAreCaught: [
    edit(
      "protocol/endpoint.ts",
      "} catch (error) { // §10.7 [B58]",
      "} catch (error) {\n throw error;",
    ),
  ],
  handlersAreCaught: [
    edit("server/respond.ts", "return await failed(onError, error);", "throw error;"),
    edit("server/respond.ts", "return await failed(onError, nextError);", "throw nextError;"),
  ],
  resetWhileItWaits: [without(EXCHANGE, 'socket.on("error", ignore); // first of all')],
  resetWhenOpen: [without("server/socket.ts", 'socket.on("error", onError);')],
  finIsAnswered: [
    without("connection/lifecycle.ts", "this.writeLoop.end(null);"),
    edit(
      "connection/lifecycle.ts",
      "this.inputEnded();\n    this.#tcpEnd.linger();",
      "this.inputEnded();",
    ),
  ],

  // Who is spoken to, and in what.
  mask: [never(RULES, "byte >= 0x80 !== mustMask")],
  reservedBits: [never(RULES, "(rsv & ~rsvAllowed) !== 0")],
  upgradeToken: [
    edit(
      HANDSHAKE,
      'return isUpgrade(head) && listHas(fieldValues(head, "upgrade").join(), "websocket");',
      "return isUpgrade(head);",
    ),
  ],
  version: [never(HANDSHAKE, "!VERSION.test(version)"), never(HANDSHAKE, 'version !== "13"')],
  refusedIsOver: [without(EXCHANGE, "endGently(socket); // §7.2.2 [S38]")],
  accept: [never("protocol/client_handshake.ts", "accept !== due")],
  host: [
    edit(
      "protocol/target.ts",
      'if (target.startsWith("/")) return new URL(base + target);',
      'if (target.startsWith("/")) return new URL(target, base);',
    ),
  ],
  origin: [never("server/upgrade_options.ts", "!isAllowed")],
  allowedHosts: [
    edit(
      "server/allowed_hosts.ts",
      "if (this.#hosts.has(host) || this.#hosts.has(hostname)) return;",
      "return;",
    ),
  ],
  ownProtocol: [never("server/upgrade_options.ts", "!offered.includes(protocol)")],
  reasonIsText: [never("frame/close.ts", 'typeof reason !== "string"')],
  messageIsBytes: [never("connection/connection.ts", "!(message instanceof Uint8Array)")],
  refusedIsTheEnd: [
    edit(
      "protocol/endpoint.ts",
      "} catch (error) { // §10.7 [B58]",
      '} catch (error) {\n if ((error as any).code === "MESSAGE_TOO_BIG") return;',
    ),
  ],
  freshKeys: [
    edit(
      "command/client_session.ts",
      "const key = randomBytes(4).readInt32BE();",
      "const key = 0x37fa213d;",
    ),
  ],
  certificate: [
    edit("client/open_socket.ts", "rejectUnauthorized: !insecure,", "rejectUnauthorized: false,"),
  ],
};
