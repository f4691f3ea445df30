package data

import (
	"bytes"
	"encoding/binary"
)

// exif is a picture's EXIF block, which is a TIFF without a picture; nil where the file has none. imagemeta reads such a
// block, but does not find each: not behind a WebP's chunk of odd length, nor behind a JPEG's block of another kind.
func exif(content []byte, format string) []byte {
	var block []byte
	switch format {
	case "tiff":
		return content
	case "webp":
		block = webpChunk(content, "EXIF")
	case "png":
		block = pngChunk(content, "eXIf")
	case "jpeg":
		return jpegExif(content)
	}
	return bytes.TrimPrefix(block, exifPrefix) // which JPEGs have, and some programs write everywhere
}

var exifPrefix = []byte("Exif\x00\x00")

// pngChunk is the content of the first chunk of that name; nil where there is none.
func pngChunk(content []byte, name string) []byte {
	const signature, around = 8, 12 // a chunk has its length and name before it, and a checksum behind
	for at := signature; at+around <= len(content); {
		length := int(binary.BigEndian.Uint32(content[at:]))
		if length > len(content)-at-around {
			return nil
		}
		if string(content[at+4:at+8]) == name {
			return content[at+8 : at+8+length]
		}
		at += around + length
	}
	return nil
}

// jpegExif is the content of the first segment APP1 that is EXIF's, of those before the picture's own.
func jpegExif(content []byte) []byte {
	const app1, startOfScan = 0xe1, 0xda
	for at := 2; at+4 <= len(content) && content[at] == 0xff; {
		marker := content[at+1]
		if marker == 0xff { // a byte that only fills
			at++
			continue
		}
		length := int(binary.BigEndian.Uint16(content[at+2:])) // its own two bytes among them
		if marker == startOfScan || length < 2 || length > len(content)-at-2 {
			return nil
		}
		segment := content[at+4 : at+2+length]
		if marker == app1 && bytes.HasPrefix(segment, exifPrefix) {
			return segment[len(exifPrefix):]
		}
		at += 2 + length
	}
	return nil
}
