"""Python's `websockets` against the minimal server, whose ws:// URL is the argument."""

import asyncio
import sys
import time

import websockets

BEAT_S = 1.0
BEAT_TOLERANCE_S = 0.15
MESSAGE_SIZE_MAX = 64 * 2**20


async def check_echo(url):
    async with websockets.connect(f"{url}/echo", max_size=MESSAGE_SIZE_MAX) as socket:
        texts = ["", "Hello", "日本 🌊", "x" * 2**20]
        binaries = [b"", b"\x00\xff", bytes(range(256)) * 2**14]
        for message in texts + binaries:
            await socket.send(message)
            assert await socket.recv() == message, f"echo of {message[:20]!r}, {len(message)} long"

        await socket.send(fragments(["frag", "men", "", "ted 🌊"]))
        assert await socket.recv() == "fragmented 🌊"
        await socket.send(fragments([b"\x01" * 70_000, b"", b"\x02" * 70_000]))
        assert await socket.recv() == b"\x01" * 70_000 + b"\x02" * 70_000

        sent = time.monotonic()
        pong = await socket.ping(b"latency")
        await asyncio.wait_for(pong, 5)
        latency = time.monotonic() - sent
        assert latency < 0.5, f"a pong took {latency:.3f} s"

        await socket.send(bytes(MESSAGE_SIZE_MAX))
        assert len(await socket.recv()) == MESSAGE_SIZE_MAX


async def check_close(url):
    for code, reason in [(1000, ""), (1001, "bye"), (4001, "grüße 🌊")]:
        socket = await websockets.connect(f"{url}/echo")
        await socket.close(code, reason)
        assert (socket.close_code, socket.close_reason) == (code, reason), socket.close_code


async def check_heartbeat(url):
    """Three intervals, while echoes keep the connection busy."""
    async with websockets.connect(f"{url}/ws") as socket:
        beats = []
        load = asyncio.create_task(send_for_ever(socket))
        while len(beats) < 4:
            if await asyncio.wait_for(socket.recv(), 3) == "heartbeat":
                beats.append(time.monotonic())
        load.cancel()
        for before, after in zip(beats, beats[1:]):
            interval = after - before
            assert abs(interval - BEAT_S) < BEAT_TOLERANCE_S, f"a beat came after {interval:.3f} s"


async def send_for_ever(socket):
    while True:
        await socket.send("load" * 100)
        await asyncio.sleep(0.001)


async def fragments(parts):
    for part in parts:
        yield part


async def main(url):
    await check_echo(url)
    await check_close(url)
    await check_heartbeat(url)


asyncio.run(main(sys.argv[1]))
