"""Reads test/vectors/*.json without any of Sluice: they must mean the same in another language.

A decoder that is slow, obvious and independent, of Python's standard library alone. It reads every
vector of every file, checks the files against schema.json, and exits with 1 when it finds anything
else than what is expected.

    python3 scripts/vectors/check.py [DIRECTORY]
"""

import base64
import hashlib
import json
import pathlib
import re
import sys
import zlib

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
NAMES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
# What stands before the last byte of a character, which has six bits of it. Python's own decoder is
# no help here: it waits for a third byte behind ED A0, though no character begins so.
STARTS = {
    chr(point).encode("utf-8")[:size]
    for point in range(0, 0x110000, 64)
    if not 0xD800 <= point <= 0xDFFF
    for size in range(1, len(chr(point).encode("utf-8")))
}
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


class Failure(Exception):
    """The peer broke a rule. `offset` counts from the start of the stream."""

    def __init__(self, error, close_code, section, offset=None):
        super().__init__(error)
        self.expect = {"error": error, "closeCode": close_code, "section": section}
        if offset is not None:
            self.expect["offset"] = offset


def broken(error, offset=None):
    """The failure with this name, with the close code and the section that it stands for."""
    section, close_code = {
        "RESERVED_BITS": ("RFC 6455 §5.2", 1002),
        "RESERVED_OPCODE": ("RFC 6455 §5.2", 1002),
        "LENGTH_NOT_MINIMAL": ("RFC 6455 §5.2", 1002),
        "LENGTH_TOP_BIT": ("RFC 6455 §5.2", 1002),
        "LENGTH_TOO_BIG": ("RFC 6455 §10.4", 1009),
        "MASK_MISSING": ("RFC 6455 §5.1", 1002),
        "MASK_FORBIDDEN": ("RFC 6455 §5.1", 1002),
        "CONTROL_FRAGMENTED": ("RFC 6455 §5.5", 1002),
        "CONTROL_TOO_LONG": ("RFC 6455 §5.5", 1002),
        "CONTINUATION_UNEXPECTED": ("RFC 6455 §5.4", 1002),
        "CONTINUATION_EXPECTED": ("RFC 6455 §5.4", 1002),
        "MESSAGE_TOO_BIG": ("RFC 6455 §10.4", 1009),
        "TEXT_INVALID": ("RFC 6455 §8.1", 1007),
        "TEXT_TRUNCATED": ("RFC 6455 §8.1", 1007),
        "CLOSE_SIZE": ("RFC 6455 §5.5.1", 1002),
        "CLOSE_CODE": ("RFC 6455 §7.4", 1002),
        "CLOSE_REASON": ("RFC 6455 §5.5.1", 1007),
        "RSV1_MISPLACED": ("RFC 7692 §6.1", 1002),
        "DEFLATE_INVALID": ("RFC 7692 §7.2.2", 1007),
    }[error]
    return Failure(error, close_code, section, offset)


def bytes_of(spelled):
    """The bytes that a file spells: hex, or a list of hex and of what repeats."""
    if isinstance(spelled, str):
        return bytes.fromhex(spelled)
    parts = (p if isinstance(p, str) else p["repeat"] * p["times"] for p in spelled)
    return bytes.fromhex("".join(parts))


def unmask(payload, key, phase=0):
    return bytes(byte ^ key[(index + phase) % 4] for index, byte in enumerate(payload))


# Frames


def read_frames(wire, role, rsv_allowed):
    """Yields (start, start of the payload, its length, frame) of each frame whose header is
    complete. Of the payload there is as much as has come."""
    at = 0
    while at < len(wire):
        start = at
        fin, rsv, opcode = wire[at] >> 7, wire[at] >> 4 & 7, wire[at] & 15
        if rsv & ~rsv_allowed:
            raise broken("RESERVED_BITS", start)
        if opcode not in NAMES:
            raise broken("RESERVED_OPCODE", start)
        if opcode >= 8 and not fin:
            raise broken("CONTROL_FRAGMENTED", start)
        if start + 1 == len(wire):
            return
        masked, length = wire[start + 1] >> 7, wire[start + 1] & 127
        if role == "server" and not masked:
            raise broken("MASK_MISSING", start + 1)
        if role == "client" and masked:
            raise broken("MASK_FORBIDDEN", start + 1)
        if opcode >= 8 and length > 125:
            raise broken("CONTROL_TOO_LONG", start + 1)
        at = start + 2
        size = {126: 2, 127: 8}.get(length, 0)
        if size:
            if len(wire) < at + size:
                return
            length = int.from_bytes(wire[at : at + size], "big")
            if length >= 2**63:
                raise broken("LENGTH_TOP_BIT", at)
            if length >= 2**53:
                raise broken("LENGTH_TOO_BIG", at)
            if length < (126 if size == 2 else 65536):
                raise broken("LENGTH_NOT_MINIMAL", at)
            at += size
        key = None
        if masked:
            if len(wire) < at + 4:
                return
            key = wire[at : at + 4]
            at += 4
        payload = wire[at : at + length]
        frame = {
            "fin": bool(fin),
            "rsv": rsv,
            "opcode": opcode,
            "key": key.hex() if masked else None,
            "payload": unmask(payload, key) if masked else payload,
        }
        yield start, at, length, frame
        at += length


def check_frames(vector):
    wire = bytes_of(vector["bytes"])
    due = dict(vector["expect"])
    due["frames"] = [{**f, "payload": bytes_of(f["payload"])} for f in due["frames"]]
    written = b"".join(map(write_frame, due["frames"]))
    if not wire.startswith(written):
        return "the frames, written again, are other bytes"
    return compare_stream(lambda some: frames_of(some, vector), wire, due)


def frames_of(wire, vector):
    """The frames of a stream that are complete, and the failure if there is one."""
    found = {"frames": []}
    try:
        for _, at, length, frame in read_frames(wire, vector["role"], vector["rsvAllowed"]):
            if len(wire) < at + length:
                break
            found["frames"].append(frame)
    except Failure as failure:
        found.update(failure.expect)
    return found


def write_frame(frame):
    """A frame in its shortest form."""
    length = len(frame["payload"])
    masked = 0 if frame["key"] is None else 128
    header = bytes([(frame["fin"] << 7) | (frame["rsv"] << 4) | frame["opcode"]])
    if length < 126:
        header += bytes([masked | length])
    elif length < 65536:
        header += bytes([masked | 126]) + length.to_bytes(2, "big")
    else:
        header += bytes([masked | 127]) + length.to_bytes(8, "big")
    if not masked:
        return header + frame["payload"]
    key = bytes.fromhex(frame["key"])
    return header + key + unmask(frame["payload"], key)


def compare_stream(read, wire, due):
    """What is wrong with what `read` makes of `wire`, or None. `known` is the size of the shortest
    beginning of the stream that fails."""
    found = read(wire)
    if "error" in found:
        sound, broken_from = 0, len(wire)
        while broken_from - sound > 1:
            half = (sound + broken_from) // 2
            if "error" in read(wire[:half]):
                broken_from = half
            else:
                sound = half
        found["known"] = broken_from
        if not found["offset"] < broken_from:
            return f"it fails after {broken_from} bytes, before the byte at {found['offset']}"
    return compare(found, due)


def compare(found, due):
    if found != due:
        return f"\n  found   {shown(found)}\n  must be {shown(due)}"
    return None


def shown(value):
    text = repr(value)
    return text if len(text) <= 700 else f"{text[:300]} ... {text[-300:]}"


# Messages


def check_messages(vector):
    due = dict(vector["expect"])
    due["events"] = [
        {k: bytes_of(v) if k in ("payload", "reason") else v for k, v in event.items()}
        for event in due["events"]
    ]
    wire = bytes_of(vector["bytes"])
    return compare_stream(lambda some: messages_of(some, vector), wire, due)


def messages_of(wire, vector):
    """The events of a stream, and the failure if there is one."""
    found = {"events": []}
    try:
        read_messages(wire, vector, found["events"])
    except Failure as failure:
        found.update(failure.expect)
    return found


def read_messages(wire, vector, events):
    agreed = vector["deflate"]
    limit = vector["messageSizeMax"]
    inflater = Inflater(agreed["contextTakeover"]) if agreed else None
    kind, compressed, message, text = None, False, b"", None
    for start, at, length, frame in read_frames(wire, vector["role"], 4 if agreed else 0):
        opcode, payload = frame["opcode"], frame["payload"]
        is_whole = len(wire) >= at + length
        if frame["rsv"] and (opcode >= 8 or opcode == 0):
            raise broken("RSV1_MISPLACED", start)
        if opcode >= 8:
            if not is_whole:
                return
            if opcode == 8:
                events.append(read_close(payload, start, at))
                return
            events.append({"type": NAMES[opcode], "payload": payload})
            continue
        if opcode == 0:
            if kind is None:
                raise broken("CONTINUATION_UNEXPECTED", start)
        else:
            if kind is not None:
                raise broken("CONTINUATION_EXPECTED", start)
            kind, compressed, message = NAMES[opcode], bool(frame["rsv"]), b""
            text = Text()
        # A compressed message may be a little longer than what it inflates to.
        if len(message) + length > (limit * 2 + 100 if compressed else limit):
            raise broken("MESSAGE_TOO_BIG", start)
        message += payload
        if kind == "text" and not compressed:
            bad = text.first_bad(payload)
            if bad is not None:
                raise broken("TEXT_INVALID", at + bad)
        if not is_whole:
            return
        if frame["fin"]:
            if compressed:
                try:
                    message = inflater.inflate(message, limit)
                except Failure as failure:
                    raise broken(failure.expect["error"], start) from None
                if kind == "text" and text.first_bad(message) is not None:
                    raise broken("TEXT_INVALID", start)
            if kind == "text" and text.open != b"":
                raise broken("TEXT_TRUNCATED", start)
            events.append({"type": kind, "payload": message})
            kind = None


class Text:
    """UTF-8 that comes in pieces, byte by byte: RFC 3629 §4."""

    def __init__(self):
        self.open = b""

    def first_bad(self, payload):
        """The index of the byte that no continuation can save, or None."""
        for index in range(len(payload)):
            self.open += payload[index : index + 1]
            if is_character(self.open):
                self.open = b""
            elif self.open not in STARTS:
                return index
        return None


def is_character(some):
    try:
        return len(some.decode("utf-8")) == 1
    except UnicodeDecodeError:
        return False


def read_close(payload, start, at):
    if payload == b"":
        return {"type": "close", "code": 1005, "reason": b""}
    if len(payload) == 1:
        raise broken("CLOSE_SIZE", at)
    code, reason = int.from_bytes(payload[:2], "big"), payload[2:]
    defined = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
    if code not in defined and not 3000 <= code <= 4999:
        raise broken("CLOSE_CODE", at)
    text = Text()
    bad = text.first_bad(reason)
    if bad is not None:
        raise broken("CLOSE_REASON", at + 2 + bad)
    if text.open != b"":
        raise broken("CLOSE_REASON", start)
    return {"type": "close", "code": code, "reason": reason}


# Compression


class Inflater:
    """One direction of a connection."""

    TAIL = b"\x00\x00\xff\xff"

    def __init__(self, context_takeover):
        self.context_takeover = context_takeover
        self.past = b""

    def inflate(self, payload, limit):
        if payload == b"":
            return b""
        message = self._inflate(payload, self.TAIL + b"\x01\x00\x00\xff\xff")
        # A message that is cut off may swallow what is put behind it: with another end it differs.
        if message != self._inflate(payload, self.TAIL + b"\x03\x00"):
            raise broken("DEFLATE_INVALID")
        if len(message) > limit:
            raise broken("MESSAGE_TOO_BIG")
        if self.context_takeover:
            self.past = (self.past + message)[-32768:]
        return message

    def _inflate(self, payload, tail):
        """All streams of zlib in the payload: each ends behind a block that is marked as the last.
        The last one is that of the tail, or begins with it."""
        message, rest = b"", payload + tail
        while rest not in (b"", tail):
            past = (self.past + message)[-32768:]
            stream = zlib.decompressobj(-15, zdict=past) if past else zlib.decompressobj(-15)
            try:
                message += stream.decompress(rest)
            except zlib.error:
                raise broken("DEFLATE_INVALID") from None
            if not stream.eof:
                raise broken("DEFLATE_INVALID")
            rest = stream.unused_data
        return message


def check_inflate(vector):
    inflater = Inflater(vector["contextTakeover"])
    found = {"messages": []}
    try:
        for payload in vector["payloads"]:
            message = inflater.inflate(bytes_of(payload), vector["messageSizeMax"])
            found["messages"].append(message)
    except Failure as failure:
        found.update(failure.expect)
    due = dict(vector["expect"])
    due["messages"] = [bytes_of(message) for message in due["messages"]]
    return compare(found, due)


# Small things


def check_masking(vector):
    key, plain = bytes.fromhex(vector["key"]), bytes_of(vector["plain"])
    masked = bytes_of(vector["expect"]["masked"])
    if unmask(plain, key, vector["phase"]) != masked:
        return "masked, it is something else"
    if unmask(masked, key, vector["phase"]) != plain:
        return "unmasked, it is something else"
    return None


def check_utf8(vector):
    some, text = bytes_of(vector["bytes"]), Text()
    bad = text.first_bad(some)
    if bad is not None:
        found = {"valid": False, "error": "TEXT_INVALID", "offset": bad}
    elif text.open != b"":
        found = {"valid": False, "error": "TEXT_TRUNCATED"}
    else:
        found = {"valid": True, "codePoints": [ord(one) for one in some.decode("utf-8")]}
    wrong = compare(found, vector["expect"])
    for cut in range(len(some) + 1):
        wrong = wrong or check_fragments(some, cut, vector["expect"])
    return wrong


def check_fragments(text, cut, due):
    """The same text in two fragments."""
    frame = {"rsv": 0, "key": None}
    first = write_frame({**frame, "fin": False, "opcode": 1, "payload": text[:cut]})
    last = write_frame({**frame, "fin": True, "opcode": 0, "payload": text[cut:]})
    settings = {"role": "client", "messageSizeMax": len(text), "deflate": None}
    found = messages_of(first + last, settings)
    if found.get("error") != due.get("error"):
        return f"in fragments cut at {cut} found {found}"
    if due["valid"]:
        return compare(found, {"events": [{"type": "text", "payload": text}]})
    if due["error"] == "TEXT_TRUNCATED":
        offset = len(first)
    elif due["offset"] < cut:
        offset = len(first) - (cut - due["offset"])
    else:
        offset = len(first) + len(last) - (len(text) - due["offset"])
    return compare(found["offset"], offset)


def accept_of(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode("ascii")).digest()).decode("ascii")


def check_accept(vector):
    return compare({"accept": accept_of(vector["key"])}, vector["expect"])


# Extensions


def check_extensions(vector):
    try:
        found = {"extensions": parse_extensions(vector["header"])}
    except SyntaxError as error:
        found = {"error": "EXTENSIONS_INVALID", "offset": error.offset}
    return compare(found, vector["expect"])


def parse_extensions(header):
    """§9.1, character by character. Raises SyntaxError with the index of the one that is wrong."""
    at, extensions = 0, []

    def unexpected():
        error = SyntaxError()
        error.offset = at
        return error

    def skip():
        nonlocal at
        while at < len(header) and header[at] in " \t":
            at += 1

    def take(mark):
        nonlocal at
        if header[at : at + 1] != mark:
            return False
        at += 1
        skip()
        return True

    def token():
        nonlocal at
        match = TOKEN.match(header, at)
        if match is None:
            raise unexpected()
        at = match.end()
        skip()
        return match.group()

    def quoted():
        nonlocal at
        at += 1
        value = ""
        while header[at : at + 1] != '"':
            if header[at : at + 1] == "\\":
                at += 1
            if not TOKEN.fullmatch(header[at : at + 1]):
                raise unexpected()
            value += header[at]
            at += 1
        if value == "":
            raise unexpected()
        at += 1
        skip()
        return value

    skip()
    while True:
        while take(","):
            pass
        if at == len(header):
            return extensions
        extension = {"name": token(), "parameters": []}
        while take(";"):
            name, value = token(), None
            if take("="):
                value = quoted() if header[at : at + 1] == '"' else token()
            extension["parameters"].append([name, value])
        extensions.append(extension)
        if at < len(header) and not take(","):
            raise unexpected()


def check_negotiation(vector):
    server = vector["server"]
    found = {"accepted": False}
    for index, extension in enumerate(parse_extensions(vector["header"])):
        offer = read_offer(extension)
        if offer is not None:
            found = answer(index, offer, server)
            break
    wrong = compare(found, vector["expect"])
    if wrong is None and found["accepted"]:
        wrong = check_response(offer, found["response"])
    return wrong


def read_offer(extension):
    """The parameters of a valid offer of permessage-deflate, or None: RFC 7692 §7.1."""
    names = [name for name, _ in extension["parameters"]]
    if extension["name"] != "permessage-deflate" or len(set(names)) < len(names):
        return None
    for name, value in extension["parameters"]:
        is_bits = value is not None and re.fullmatch("[89]|1[0-5]", value) is not None
        right = {
            "server_no_context_takeover": value is None,
            "client_no_context_takeover": value is None,
            "server_max_window_bits": is_bits,
            "client_max_window_bits": is_bits or value is None,
        }
        if not right.get(name, False):
            return None
    return dict(extension["parameters"])


def answer(index, offer, server):
    """What a server says that takes as much as both sides want."""
    takeover, bits = server["contextTakeover"], server["windowBits"]
    server_bits = min(int(offer.get("server_max_window_bits", 15)), bits["server"])
    if "client_max_window_bits" in offer:
        client_bits = min(int(offer["client_max_window_bits"] or 15), bits["client"])
    else:
        client_bits = 15
    server_keeps = takeover["server"] and "server_no_context_takeover" not in offer
    client_keeps = (
        takeover["client"]
        and "client_no_context_takeover" not in offer
        and client_bits <= bits["client"]
    )
    response = ["permessage-deflate"]
    if not server_keeps:
        response.append("server_no_context_takeover")
    if not client_keeps:
        response.append("client_no_context_takeover")
    if "server_max_window_bits" in offer:
        response.append(f"server_max_window_bits={server_bits}")
    if client_bits < 15:
        response.append(f"client_max_window_bits={client_bits}")
    return {
        "accepted": True,
        "offer": index,
        "response": "; ".join(response),
        "parameters": {
            "contextTakeover": {"server": server_keeps, "client": client_keeps},
            "windowBits": {"server": server_bits, "client": client_bits},
        },
    }


def check_response(offer, response):
    """What is wrong by RFC 7692 §7.1 with any server that answers so to the offer, or None."""
    (extension,) = parse_extensions(response)
    said = read_offer(extension)
    if said is None or said.get("client_max_window_bits", "8") is None:
        return f"{response} is no response"
    if "server_no_context_takeover" in offer and "server_no_context_takeover" not in said:
        return f"{response} does not say that the server begins anew"
    if "server_max_window_bits" in offer:
        most = int(offer["server_max_window_bits"])
        if int(said.get("server_max_window_bits", 15)) > most:
            return f"{response} has a larger window than the client takes"
    if "client_max_window_bits" in said and "client_max_window_bits" not in offer:
        return f"{response} limits a client that cannot be limited"
    return None


# Handshakes


def check_handshake(vector):
    status, headers = handshake(vector["request"], vector["server"])
    due = vector["expect"]
    if (status == 101) != due["upgraded"] or status not in due["status"]:
        return f"found {status}, must be one of {due['status']}"
    for name, value in due["headers"].items():
        found = headers.get(name)
        if found is not None and name in ("upgrade", "connection"):
            found = found.lower()
        if found != value:
            return f"{name} is {headers.get(name)}, must be {value}"
    return None


def handshake(request, server):
    """The status and the headers of the answer: §4.2."""
    head, _, _ = request.partition("\r\n\r\n")
    request_line, *lines = head.split("\r\n")
    fields = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.fullmatch(name) or re.search("[\0\r\n]", value):
            return 400, {}
        fields.setdefault(name.lower(), []).append(value.strip(" \t"))

    def listed(name):
        items = (item.strip(" \t") for item in ",".join(fields.get(name, [])).split(","))
        return [item for item in items if item != ""]

    method, target, version = request_line.split(" ")
    if version not in ("HTTP/1.0", "HTTP/1.1"):
        return 505, {}
    hosts = fields.get("host", [])
    if len(hosts) != 1 or not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[\w.~-]+)(:\d*)?", hosts[0]):
        return 400, {}
    if not (target.startswith("/") or target.startswith(f"http://{hosts[0]}/")) or "#" in target:
        return 400, {}
    if version == "HTTP/1.0":
        return 426, {}
    if "upgrade" not in [item.lower() for item in listed("connection")]:
        return 426, {}
    if "websocket" not in [item.lower() for item in listed("upgrade")]:
        return 426, {}
    if method != "GET":
        return 405, {"allow": "GET"}
    if "transfer-encoding" in fields or fields.get("content-length", ["0"]) != ["0"]:
        return 400, {}
    if "expect" in fields:
        return 417, {}
    versions = fields.get("sec-websocket-version", [])
    spoken = {"sec-websocket-version": "13", "upgrade": "websocket", "connection": "upgrade"}
    if versions == []:
        return 426, spoken
    if len(versions) > 1 or versions[0] not in [str(number) for number in range(256)]:
        return 400, {}
    if versions[0] != "13":
        return 426, spoken
    keys = fields.get("sec-websocket-key", [])
    if len(keys) != 1 or not re.fullmatch("[A-Za-z0-9+/]{22}==", keys[0]):
        return 400, {}
    protocols = listed("sec-websocket-protocol")
    if "sec-websocket-protocol" in fields and protocols == []:
        return 400, {}
    if len(set(protocols)) < len(protocols) or not all(map(TOKEN.fullmatch, protocols)):
        return 400, {}
    try:
        parse_extensions(",".join(fields.get("sec-websocket-extensions", [])))
    except SyntaxError:
        return 400, {}
    origins = fields.get("origin", [])
    if len(origins) > 1:
        return 400, {}
    if origins and not may_connect(origins[0], hosts[0], server["origins"]):
        return 403, {}
    headers = {"upgrade": "websocket", "connection": "Upgrade"}
    headers["sec-websocket-accept"] = accept_of(keys[0])
    for protocol in protocols:
        if protocol in server["protocols"]:
            headers["sec-websocket-protocol"] = protocol
            break
    return 101, headers


def may_connect(origin, host, origins):
    if origins != "same":
        return "*" in origins or origin in origins
    with_port = host if re.search(r":\d+$", host) else f"{host}:80"
    return origin in (f"http://{with_port}", f"http://{with_port.removesuffix(':80')}")


# The schema, as much of JSON Schema as it uses


def conforms(value, schema, root):
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return conforms(value, root["$defs"][name], root)
    if "oneOf" in schema:
        return sum(conforms(value, one, root) for one in schema["oneOf"]) == 1
    if "const" in schema:
        return value == schema["const"] and type(value) is type(schema["const"])
    if "enum" in schema:
        return value in schema["enum"]
    types = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    if type(value) is not types[schema["type"]]:
        return False
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        return len(value) >= schema.get("minItems", 0) and all(
            conforms(item, schema["items"], root) for item in value
        )
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties", False)
        return all(name in value for name in schema.get("required", [])) and all(
            conforms(item, properties[name], root)
            if name in properties
            else others is not False and conforms(item, others, root)
            for name, item in value.items()
        )
    if isinstance(value, int) and type(value) is int:
        return schema.get("minimum", value) <= value <= schema.get("maximum", value)
    return True


CHECKS = {
    "frames": check_frames,
    "masking": check_masking,
    "messages": check_messages,
    "utf8": check_utf8,
    "accept": check_accept,
    "handshake": check_handshake,
    "extensions": check_extensions,
    "negotiation": check_negotiation,
    "inflate": check_inflate,
}


def main():
    default = pathlib.Path(__file__).parents[2] / "test" / "vectors"
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    schema = json.loads((directory / "schema.json").read_text("utf-8"))
    total, wrong, ids = 0, [], set()
    for path in sorted(directory.glob("*.json")):
        if path.name == "schema.json":
            continue
        file = json.loads(path.read_text("utf-8"))
        if not conforms(file, schema, schema):
            kind = {"$ref": f"#/$defs/{file.get('kind')}Vector"}
            bad = [v["id"] for v in file["vectors"] if not conforms(v, kind, schema)]
            wrong.append(f"{path.name}: does not conform to schema.json: {', '.join(bad)}")
            continue
        for vector in file["vectors"]:
            total += 1
            ids.add(vector["id"])
            found = CHECKS[file["kind"]](vector)
            if found is not None:
                wrong.append(f"{vector['id']}: {vector['what']} {found}")
    if len(ids) < total:
        wrong.append(f"{total - len(ids)} ids are taken twice")
    if total == 0:
        wrong.append(f"no vectors in {directory}")
    for line in wrong:
        print(line)
    print(f"Python: {total} vectors, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
