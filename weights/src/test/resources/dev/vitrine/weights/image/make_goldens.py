"""Makes resize.npz, decoded.npz and files/ beside this script.

python3 make_goldens.py; made with Pillow 12.3.0 and numpy 2.4.6.
"""

import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"
FILES.mkdir(exist_ok=True)


def resize_goldens():
    rng = np.random.default_rng(0)
    sizes = [
        ((13, 17), (5, 7)),
        ((13, 17), (29, 31)),
        ((12, 20), (6, 10)),
        ((1, 1), (4, 3)),
        ((9, 14), (1, 1)),
        ((7, 30), (7, 11)),
        ((31, 6), (10, 6)),
        ((64, 3), (5, 40)),
        ((37, 53), (22, 22)),
        ((10, 4), (3, 9)),
    ]
    filters = {
        "bilinear": Image.Resampling.BILINEAR,
        "bicubic": Image.Resampling.BICUBIC,
        "nearest": Image.Resampling.NEAREST,
    }
    arrays = {}
    for i, ((h, w), (oh, ow)) in enumerate(sizes):
        # Values at both ends, so that the cubic overshoots and is clipped.
        pixels = rng.choice([0, 255, 128, 17, 240], (h, w, 3)).astype(np.uint8)
        image = Image.fromarray(pixels)
        arrays[f"{i}-input"] = pixels
        for name, kind in filters.items():
            arrays[f"{i}-{name}"] = np.asarray(image.resize((ow, oh), kind))
        # torchvision's Resize and CenterCrop, in Pillow's terms.
        if oh * w >= ow * h:
            sh, sw = oh, oh * w // h
        else:
            sh, sw = ow * h // w, ow
        top, left = round((sh - oh) / 2), round((sw - ow) / 2)
        scaled = image.resize((sw, sh), Image.Resampling.BILINEAR)
        arrays[f"{i}-crop"] = np.asarray(scaled.crop((left, top, left + ow, top + oh)))
    np.savez_compressed(HERE / "resize.npz", **arrays)


def smooth(h, w, channels):
    """A picture without edges, so that lossy decoders agree to a few grey levels."""
    y, x = np.mgrid[0:h, 0:w]
    planes = [
        127 + 120 * np.sin(0.11 * x * (c + 1) / 2 + 0.13 * y + c) for c in range(channels)
    ]
    return np.stack(planes, axis=-1).round().astype(np.uint8)


def png(width, height, depth, color, rows, extra=b""):
    """A PNG of kinds that Pillow does not write."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def file_goldens():
    decoded = {}
    rng = np.random.default_rng(1)

    def expect(name, image):
        """What reading the file should give: alpha on white, upright, three channels."""
        image = ImageOps.exif_transpose(image)
        if image.mode in ("P", "PA", "LA") or "transparency" in image.info:
            image = image.convert("RGBA")
        if image.mode == "RGBA":
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        decoded[name] = np.asarray(image.convert("RGB"))

    def save(name, image, **options):
        image.save(FILES / name, **options)
        expect(name, Image.open(FILES / name))

    h, w = 24, 40
    rgb = Image.fromarray(smooth(h, w, 3))
    save("rgb.jpg", rgb, quality=95)
    save("progressive.jpg", rgb, quality=95, progressive=True)
    save("no-subsampling.jpg", rgb, quality=95, subsampling=0)
    save("grey.jpg", Image.fromarray(smooth(h, w, 1)[..., 0]), quality=95)
    save("cmyk.jpg", rgb.convert("CMYK"), quality=95)
    wide = np.asarray(rgb).copy()
    wide[:12, :20] = (250, 10, 10)  # a corner, so that every turn differs
    for tag in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = tag
        save(f"orientation-{tag}.jpg", Image.fromarray(wide), quality=95, subsampling=0, exif=exif)
    # A profile with red and blue exchanged: a reader that converts colours shows at once.
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"swap").replace(b"bXYZ", b"rXYZ").replace(b"swap", b"bXYZ")
    save("profile.jpg", rgb, quality=95, subsampling=0, icc_profile=swapped)
    save("profile.png", rgb, icc_profile=swapped)
    save("profile.webp", rgb, lossless=True, icc_profile=swapped)

    noise = rng.integers(0, 256, (11, 17, 4), dtype=np.uint8)
    save("rgb.png", Image.fromarray(noise[..., :3]))
    save("rgba.png", Image.fromarray(noise))
    save("grey.png", Image.fromarray(noise[..., 0]))
    save("grey-alpha.png", Image.fromarray(np.ascontiguousarray(noise[..., :2]), "LA"))
    save("bits.png", Image.fromarray(noise[..., 0]).convert("1"))
    palette = Image.fromarray(noise[..., :3]).quantize(16)
    save("palette.png", palette)
    save("palette-transparent.png", palette, transparency=3)
    exif = Image.Exif()
    exif[0x0112] = 6
    save("orientation-6.png", Image.fromarray(noise[..., :3]), exif=exif)

    deep = rng.integers(0, 65536, (11, 17, 3), dtype=np.uint16)
    (FILES / "rgb16.png").write_bytes(
        png(17, 11, 16, 2, [row.astype(">u2").tobytes() for row in deep])
    )
    decoded["rgb16.png"] = (deep >> 8).astype(np.uint8)
    (FILES / "grey16.png").write_bytes(
        png(17, 11, 16, 0, [row.astype(">u2").tobytes() for row in deep[..., 0]])
    )
    decoded["grey16.png"] = np.repeat((deep[..., :1] >> 8).astype(np.uint8), 3, axis=2)
    grey4 = rng.integers(0, 16, (11, 18), dtype=np.uint8)
    (FILES / "grey4.png").write_bytes(
        png(18, 11, 4, 0, [(row[0::2] << 4 | row[1::2]).tobytes() for row in grey4])
    )
    decoded["grey4.png"] = np.repeat(grey4[..., None] * 17, 3, axis=2)
    keyed = noise[..., :3].copy()
    keyed[3:6, 4:9] = (1, 2, 3)
    save("color-key.png", Image.fromarray(keyed), transparency=(1, 2, 3))

    save("rgb.bmp", Image.fromarray(noise[..., :3]))
    save("palette.bmp", palette)
    save("grey.bmp", Image.fromarray(noise[..., 0]))
    save("palette.gif", palette)
    save("transparent.gif", palette, transparency=3)
    frames = [palette, Image.fromarray(noise[::-1, :, :3]).quantize(16)]
    save("animated.gif", frames[0], save_all=True, append_images=frames[1:], duration=50)

    save("lossless.webp", Image.fromarray(noise[..., :3]), lossless=True)
    save("lossless-alpha.webp", Image.fromarray(noise), lossless=True, exact=True)
    save("lossy.webp", rgb, quality=95)
    save("lossy-alpha.webp", Image.fromarray(smooth(h, w, 4)), quality=95)
    # Decoders in Java have been seen to draw this one black.
    flat = Image.new("RGB", (32, 32), (200, 120, 40))
    save("flat.webp", flat, quality=50)
    save("animated.webp", rgb, save_all=True, append_images=[rgb.rotate(180)], lossless=True)
    np.savez_compressed(HERE / "decoded.npz", **decoded)


resize_goldens()
file_goldens()
