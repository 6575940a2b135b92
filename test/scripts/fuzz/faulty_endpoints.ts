// Endpoints with a fault, each of a kind that decoders have had: what a fuzzer must find.

import { openEndpoint } from "../../../scripts/fuzz/decoder.ts";
import type { OpenSubject, Subject } from "../../../scripts/fuzz/decoder.ts";
import { ProtocolError } from "../../../src/frame/mod.ts";
import type { Message } from "../../../src/message/message.ts";
import { TextBytes } from "../../../src/message/text_bytes.ts";
import type { EndpointSink } from "../../../src/protocol/endpoint.ts";

/** `sink`, but for what `changed` does otherwise. */
function changedSink(sink: EndpointSink, changed: Partial<EndpointSink>): EndpointSink {
  const same: EndpointSink = {
    message: (message) => sink.message(message),
    ping: (payload) => sink.ping(payload),
    pong: (payload) => sink.pong(payload),
    isFull: () => sink.isFull?.() === true,
    inputEnded: () => sink.inputEnded(),
    sendClose: (payload) => sink.sendClose(payload),
    endTcp: () => sink.endTcp(),
  };
  return { ...same, ...changed };
}

/** `subject`, but for what `changed` does otherwise. */
function changedSubject(
  subject: Subject,
  changed: Partial<Pick<Subject, "receive" | "goOn" | "closure">>,
  kept: () => number = () => 0,
): Subject {
  return {
    receive: (bytes) => subject.receive(bytes),
    goOn: () => subject.goOn(),
    closure: (cause) => subject.closure(cause),
    ...changed,
    get stopped() {
      return subject.stopped;
    },
    get inputEnded() {
      return subject.inputEnded;
    },
    get retained() {
      return subject.retained + kept();
    },
  };
}

const shared = new Uint8Array(2 ** 20);

function onSharedMemory(message: Message): Message {
  if (typeof message === "string" || message instanceof TextBytes) return message;
  shared.set(message);
  return shared.subarray(0, message.length);
}

/** By what is wrong with them. */
export const FAULTY_ENDPOINTS: Readonly<Record<string, OpenSubject>> = {
  "takes one byte above the limit": (sink, stream) =>
    openEndpoint(sink, { ...stream, sizeMax: stream.sizeMax + 1 }),

  "refuses a message of the size of the limit": (sink, stream) =>
    openEndpoint(sink, { ...stream, sizeMax: Math.max(stream.sizeMax - 1, 1) }),

  "has RSV1 agreed on always": (sink, stream) =>
    openEndpoint(sink, { ...stream, isCompressing: true }),

  "passes over empty messages": (sink, stream) => {
    const message = (message: Message): void => void (message.length > 0 && sink.message(message));
    return openEndpoint(changedSink(sink, { message }), stream);
  },

  "drops a byte order mark": (sink, stream) => {
    const message = (message: Message): void =>
      sink.message(typeof message === "string" ? message.replace(/^\ufeff/, "") : message);
    return openEndpoint(changedSink(sink, { message }), stream);
  },

  "hands all binary messages over on the same memory": (sink, stream) => {
    const message = (message: Message): void => sink.message(onSharedMemory(message));
    return openEndpoint(changedSink(sink, { message }), stream);
  },

  "answers pings behind the messages of their chunk": (sink, stream) => {
    let waiting: Uint8Array[] = [];
    const ping = (payload: Uint8Array): void => void waiting.push(payload);
    const endpoint = openEndpoint(changedSink(sink, { ping }), stream);
    const flush = (): void => {
      for (const payload of waiting) sink.ping(payload);
      waiting = [];
    };
    return changedSubject(endpoint, {
      receive: (bytes) => {
        endpoint.receive(bytes);
        flush();
      },
      goOn: () => {
        endpoint.goOn();
        flush();
      },
    });
  },

  "throws at a pong of 120 bytes and more": (sink, stream) => {
    const pong = (payload: Uint8Array): void => {
      if (payload.length >= 120) throw new TypeError("offset is out of bounds");
      sink.pong(payload);
    };
    return openEndpoint(changedSink(sink, { pong }), stream);
  },

  "sends two Close frames": (sink, stream) => {
    const sendClose = (payload: Uint8Array): void => {
      sink.sendClose(payload);
      sink.sendClose(payload);
    };
    return openEndpoint(changedSink(sink, { sendClose }), stream);
  },

  "never ends TCP": (sink, stream) => openEndpoint(changedSink(sink, { endTcp() {} }), stream),

  "counts offsets from the start of the chunk": (sink, stream) => {
    const endpoint = openEndpoint(sink, stream);
    let start = 0;
    let end = 0;
    return changedSubject(endpoint, {
      receive: (bytes) => {
        if (!endpoint.inputEnded) [start, end] = [end, end + bytes.length];
        endpoint.receive(bytes);
      },
      closure: (cause) => {
        const closure = endpoint.closure(cause);
        if (closure.cause instanceof ProtocolError) closure.cause.offset -= start;
        return closure;
      },
    });
  },

  "loses a byte of a chunk of 64": (sink, stream) => {
    const endpoint = openEndpoint(sink, stream);
    const receive = (bytes: Uint8Array): void =>
      endpoint.receive(bytes.length === 64 ? bytes.subarray(0, 63) : bytes);
    return changedSubject(endpoint, { receive });
  },

  "keeps what it has read": (sink, stream) => {
    const endpoint = openEndpoint(sink, stream);
    let kept = 0;
    const receive = (bytes: Uint8Array): void => {
      kept += bytes.length;
      endpoint.receive(bytes);
    };
    return changedSubject(endpoint, { receive }, () => kept);
  },
};
