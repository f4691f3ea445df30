package data

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// pictures is what a folder holds.
type pictures struct {
	names   []string // relative to the folder, in their order
	skipped []string // what looks like a picture and cannot be used, with the reason
}

// findPictures looks through dir and the folders in it, following links.
func findPictures(dir string) (pictures, error) {
	var p pictures
	info, err := os.Stat(dir)
	if err != nil {
		return p, err
	}
	if !info.IsDir() {
		return p, fmt.Errorf("%s is a file, not a folder of pictures", dir)
	}
	return p, p.walk(dir, "", []os.FileInfo{info})
}

// walk gathers the pictures of the folder rel within dir. within is the folder itself and those it was reached
// through, by which a link that leads back is known.
func (p *pictures) walk(dir, rel string, within []os.FileInfo) error {
	entries, err := os.ReadDir(filepath.Join(dir, rel))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(rel, e.Name())
		if strings.HasPrefix(e.Name(), ".") || e.Name() == "__MACOSX" || e.Name() == "@eaDir" {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, name)) // of what a link leads to
		switch {
		case err != nil && (isPicture(name) || filepath.Ext(name) == ""): // a picture's name, or that of a folder
			p.skip(name, unreachable(e, err))
		case err != nil:
		case info.IsDir() && leadsBack(info, within):
			p.skip(name, "is a link to a folder that it lies in")
		case info.IsDir():
			if err := p.walk(dir, name, append(within[:len(within):len(within)], info)); err != nil {
				p.skip(name, fmt.Sprintf("cannot be read: %v", err))
			}
		case !isPicture(name):
		case !info.Mode().IsRegular():
			p.skip(name, "is no file")
		case !readable[ending(name)]:
			p.skip(name, "is of a format that cannot be read here; make it a JPEG or PNG")
		default:
			p.names = append(p.names, name)
		}
	}
	return nil
}

// unreachable is why what an entry stands for cannot be looked at.
func unreachable(e os.DirEntry, err error) string {
	if e.Type()&os.ModeSymlink != 0 {
		return "is a link that leads nowhere"
	}
	return fmt.Sprintf("cannot be read: %v", errors.Unwrap(err)) // the name is said already
}

func (p *pictures) skip(name, why string) { p.skipped = append(p.skipped, name+": "+why) }

func leadsBack(info os.FileInfo, within []os.FileInfo) bool {
	for _, w := range within {
		if os.SameFile(info, w) {
			return true
		}
	}
	return false
}

// readable tells, for the endings of pictures, whether there is a decoder. A file's content decides, not its name: a
// PNG that is named .jpg is read.
var readable = map[string]bool{
	"jpg": true, "jpeg": true, "jpe": true, "jfif": true, "mpo": true, "png": true, "apng": true, "gif": true, "webp": true, "bmp": true, "dib": true, "tif": true, "tiff": true,
	"heic": false, "heif": false, "avif": false, "jxl": false, "jp2": false, "j2k": false, "svg": false, "psd": false, "ico": false, "tga": false, "pcx": false, "qoi": false, "dds": false, "icns": false, "xcf": false, "eps": false,
	"ppm": false, "pgm": false, "pbm": false, "pnm": false, "pfm": false, "exr": false, "hdr": false, "raw": false, "dng": false, "cr2": false, "cr3": false, "nef": false, "arw": false,
}

func ending(name string) string {
	return strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
}

func isPicture(name string) bool {
	_, known := readable[ending(name)]
	return known
}
