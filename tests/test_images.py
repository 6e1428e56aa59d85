"""The cache of lead images: what it fetches, what it refuses, what it keeps."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from lxml import html
from PIL import Image
from sqlalchemy import update
from starlette.testclient import TestClient

from backstory.archive import Archive
from backstory.model.errors import Unreadable
from backstory.serve.app import create_app
from backstory.serve.http import images as cache
from backstory.serve.http.images import Images, height_of, mark_of, renditions
from backstory.store.schema import articles
from tests.sample import NOW, copied


def picture(
    width: int, height: int, kind: str = "JPEG", mode: str = "RGB", **given: object
) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).convert(mode).save(out, kind, **given)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("size", [(1600, 900), (900, 1600), (640, 480), (200, 300)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_width_is_webp_of_sixteen_to_nine(size: tuple[int, int], kind: str) -> None:
    for width, content in renditions(picture(*size, kind)).items():
        made = opened(content)
        assert made.format == "WEBP"
        assert made.width == min(width, size[0], size[1] * 16 // 9)
        assert abs(made.height - height_of(made.width)) <= 1


def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera's maker"
    exif[0x0112] = 6  # lies on its side
    content = picture(800, 600, exif=exif, comment=b"who took it")
    made = opened(renditions(content)[400])
    assert not made.getexif() and "exif" not in made.info and "comment" not in made.info
    assert b"camera" not in renditions(content)[1280]
    # Stood upright the picture is 600 wide.
    assert opened(renditions(content)[1280]).width == 600


def test_what_shows_through_stands_on_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (400, 225), (0, 0, 0, 0)).save(out, "PNG")
    made = opened(renditions(out.getvalue())[400]).convert("RGB")
    assert min(made.getpixel((200, 100))) > 240  # type: ignore[arg-type]


def bomb() -> bytes:
    """A small file that unpacks to 100 million pixels."""
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    assert len(out.getvalue()) < 50_000
    return out.getvalue()


NO_PICTURES = {
    "nothing": b"",
    "page": b"<html>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "pixel": picture(20, 20),
    "bomb": bomb(),
    "cut": picture(800, 600)[:2000],
    "bmp": picture(800, 600, "BMP"),
    "tiff": picture(800, 600, "TIFF"),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        renditions(content)


# ---------------------------------------------------------------- fetching


class Gallery(BaseHTTPRequestHandler):
    """``/N.jpg`` is a picture, all else is missing; counts what is asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        good = self.path.endswith(".jpg")
        self.send_response(200 if good else 404)
        body = picture(1300, 800) if good else b"gone"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def gallery() -> Iterator[tuple[str, list[str]]]:
    Gallery.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gallery)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", Gallery.asked
    server.shutdown()
    server.server_close()


def test_one_fetch_serves_every_width_and_every_reader(
    gallery: tuple[str, list[str]], tmp_path: Path
) -> None:
    base, asked = gallery

    async def many() -> list[bytes | None]:
        widths = [*cache.WIDTHS] * 4
        return list(await asyncio.gather(*(images.get(f"{base}/1.jpg", w) for w in widths)))

    with Images(tmp_path, allow_private=True) as images:
        found = asyncio.run(many())
        assert all(found) and len(set(found)) == 3
        assert asyncio.run(many()) == found
    assert asked.count("/1.jpg") == 1
    with Images(tmp_path, allow_private=True) as later:  # what is kept stays
        assert asyncio.run(later.get(f"{base}/1.jpg", 400)) == found[0]
    assert asked.count("/1.jpg") == 1


def test_what_failed_is_not_asked_for_again_at_once(
    gallery: tuple[str, list[str]], tmp_path: Path
) -> None:
    base, asked = gallery
    now = [1_000_000_000.0]
    with Images(tmp_path, allow_private=True, clock=lambda: now[0]) as images:
        for _ in range(3):
            assert asyncio.run(images.get(f"{base}/gone.png", 400)) is None
        assert asked.count("/gone.png") == 1
        assert images.failed(f"{base}/gone.png")
        now[0] += cache.AGAIN + 1
        assert not images.failed(f"{base}/gone.png")
        asyncio.run(images.get(f"{base}/gone.png", 400))
    assert asked.count("/gone.png") == 2


def test_the_guard_keeps_private_addresses_closed(
    gallery: tuple[str, list[str]], tmp_path: Path
) -> None:
    base, asked = gallery
    with Images(tmp_path) as images:
        assert asyncio.run(images.get(f"{base}/1.jpg", 400)) is None
    assert asked == []


def test_the_least_recently_read_go_first(gallery: tuple[str, list[str]], tmp_path: Path) -> None:
    base, asked = gallery
    now = [1_000_000_000.0]
    one = sum(map(len, renditions(picture(1300, 800)).values()))
    with Images(
        tmp_path, allow_private=True, most_bytes=int(3.5 * one), clock=lambda: now[0]
    ) as images:
        for number in (1, 2, 3):
            now[0] += 10_000
            asyncio.run(images.get(f"{base}/{number}.jpg", 400))
        now[0] += 10_000
        for width in cache.WIDTHS:
            asyncio.run(images.get(f"{base}/1.jpg", width))  # read again: 2 is the oldest now
        now[0] += 10_000
        asyncio.run(images.get(f"{base}/4.jpg", 400))
        held = sum(path.stat().st_size for path in tmp_path.glob("*/*"))
        assert held <= 3.5 * one
        for number in (1, 4):
            asyncio.run(images.get(f"{base}/{number}.jpg", 400))
            assert asked.count(f"/{number}.jpg") == 1
        asyncio.run(images.get(f"{base}/2.jpg", 400))
        assert asked.count("/2.jpg") == 2


# ---------------------------------------------------------------- pages


@pytest.fixture
def pictured(
    gallery: tuple[str, list[str]], sample_folder: Path, tmp_path: Path
) -> Iterator[Archive]:
    """The made archive whose articles have their pictures in the gallery."""
    store = copied(sample_folder, tmp_path / "pictured")
    with store.write() as connection:
        place = f"{gallery[0]}/" + articles.c.guid + ".jpg"
        connection.execute(
            update(articles).where(articles.c.image.is_not(None)).values(image=place)
        )
    yield Archive(store)
    store.close()


def test_a_page_shows_the_picture_from_here(
    gallery: tuple[str, list[str]], pictured: Archive, tmp_path: Path
) -> None:
    base, asked = gallery
    with Images(tmp_path / "images", allow_private=True) as images:
        client = TestClient(create_app(pictured, clock=lambda: NOW, images=images))
        page = client.get("/article/a-tidal-7a")
        assert base not in page.text.split("<main")[1].split("<img")[1].split(">")[0]
        source = page.text.split('<img src="')[1].split('"')[0]
        assert source == f"/image/a-tidal-7a/{mark_of(base + '/a-tidal-7a.jpg')}.800.webp"
        assert 'width="800" height="450"' in page.text
        assert asked == []  # the page does not wait for it
        answer = client.get(source)
        assert answer.headers["content-type"] == "image/webp"
        assert "immutable" in answer.headers["cache-control"]
        assert opened(answer.content).size == (800, 450)


@pytest.mark.parametrize(
    "path", ["/world/", "/world/latest", "/world/tag/tidal-power", "/world/search?q=barrage"]
)
def test_lists_show_pictures_from_here(
    gallery: tuple[str, list[str]], pictured: Archive, tmp_path: Path, path: str
) -> None:
    _, asked = gallery
    with Images(tmp_path / "images", allow_private=True) as images:
        client = TestClient(create_app(pictured, clock=lambda: NOW, images=images))
        pictures = html.fromstring(client.get(path).text).cssselect("main img")
        assert pictures and asked == []
        for picture in pictures:
            assert picture.get("src", "").startswith("/image/")
            assert picture.get("alt") == ""  # the headline beside it says what it is
            assert (picture.get("width"), picture.get("height")) == ("800", "450")
        answer = client.get(pictures[0].get("src", ""))
        assert answer.headers["content-type"] == "image/webp"
    without = TestClient(create_app(pictured, clock=lambda: NOW)).get(path)
    assert "<img" not in without.text


def test_the_cache_is_no_open_proxy(
    gallery: tuple[str, list[str]], pictured: Archive, tmp_path: Path
) -> None:
    base, asked = gallery
    with Images(tmp_path / "images", allow_private=True) as images:
        client = TestClient(create_app(pictured, clock=lambda: NOW, images=images))
        mine = mark_of(f"{base}/a-tidal-7a.jpg")
        for path in (
            f"/image/a-tidal-7a/{mark_of(base + '/other.jpg')}.400.webp",
            f"/image/a-tidal-6b/{mine}.400.webp",
            f"/image/none/{mine}.400.webp",
            f"/image/a-tidal-7a/{mine}.401.webp",
            f"/image/a-tidal-7a/{mine}.99999999999999999999.webp",
            "/image/a-tidal-7a/..%2f..%2fetc.400.webp",
        ):
            assert client.get(path).status_code == 404, path
    assert asked == []


def test_a_picture_that_fails_leaves_its_place(pictured: Archive, tmp_path: Path) -> None:
    with Images(tmp_path / "images") as images:  # private addresses closed: every fetch fails
        client = TestClient(create_app(pictured, clock=lambda: NOW, images=images))
        source = client.get("/article/a-tidal-7a").text.split('<img src="')[1].split('"')[0]
        answer = client.get(source)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/svg+xml"
        assert 'viewBox="0 0 16 9"' in answer.text
        assert "immutable" not in answer.headers["cache-control"]
        assert "<img" not in client.get("/article/a-tidal-7a").text  # known to fail: no hole
