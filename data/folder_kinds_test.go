package data

import (
	"bytes"
	"image"
	"image/color/palette"
	"image/gif"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func readerOf(content []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, at); err != nil {
		t.Skip("no links here:", err)
	}
}

// Links to files and to folders are followed, wherever they lead; those that lead nowhere or in a circle are named.
func TestFolderFollowsLinks(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	root := t.TempDir()
	dir, elsewhere := filepath.Join(root, "pictures"), filepath.Join(root, "elsewhere")
	picture := pngOf(t, ramp(8, 8))
	write(t, filepath.Join(dir, "cats", "1.png"), picture)
	link(t, "1.png", filepath.Join(dir, "cats", "link.png"))
	write(t, filepath.Join(elsewhere, "a.png"), picture)
	write(t, filepath.Join(elsewhere, "deep", "b.png"), picture)
	link(t, elsewhere, filepath.Join(dir, "dogs"))
	m, err := ImageFolder(dir, 8, 8, 3)
	if err != nil || m.Len() != 4 || !slices.Equal(m.Labels, []int{0, 0, 1, 1}) || !slices.Equal(m.Classes, []string{"cats", "dogs"}) || m.Skipped != nil {
		t.Fatalf("%v, labels %v, classes %v, %v", m, m.Labels, m.Classes, err)
	}
	link(t, dir, filepath.Join(root, "alias")) // the folder itself a link
	if m, err := ImageFolder(filepath.Join(root, "alias"), 8, 8, 3); err != nil || m.Len() != 4 {
		t.Errorf("by a link: %v, %v", m, err)
	}
	link(t, dir, filepath.Join(elsewhere, "deep", "round"))           // back to where it began
	link(t, "cats", filepath.Join(dir, "cats", "cats.png"))           // leads nowhere: there is no cats/cats
	link(t, "gone.png", filepath.Join(dir, "cats", "gone.png"))       // to itself
	link(t, filepath.Join(root, "lost"), filepath.Join(dir, "zebra")) // a folder that is gone
	m, err = ImageFolder(dir, 8, 8, 3)
	if err != nil || m.Len() != 4 || len(m.Skipped) != 4 {
		t.Fatalf("%v, %v", m, err)
	}
	for i, says := range []string{"cats/cats.png: is a link that leads nowhere", "cats/gone.png: is a link that leads nowhere",
		"dogs/deep/round: is a link to a folder that it lies in", "zebra: is a link that leads nowhere"} {
		if m.Skipped[i] != filepath.FromSlash(says) {
			t.Errorf("skipped %q, want %q", m.Skipped[i], says)
		}
	}
	if !strings.Contains(m.String(), "; 4 left out: cats/cats.png: is a link that leads nowhere; ") || !strings.HasSuffix(m.String(), "; and 1 more") {
		t.Errorf("the set's line does not tell: %s", m)
	}
}

// What begins with a dot, and what other systems leave, makes no class at any depth and is not told of.
func TestFolderPassesOverWhatIsHidden(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := filepath.Join(t.TempDir(), ".cache") // a hidden folder that is asked for is looked into
	picture := pngOf(t, ramp(8, 8))
	for _, name := range []string{"cats/1.png", "dogs/deep/2.png", ".ipynb_checkpoints/1-checkpoint.png", "cats/.ipynb_checkpoints/1.png",
		"dogs/deep/.thumbs/deeper/2.png", "cats/._1.png", "__MACOSX/cats/1.png", "dogs/@eaDir/2.png", ".git/3.png"} {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), picture)
	}
	for _, name := range []string{"cats/.DS_Store", "dogs/Thumbs.db", "readme.txt", "cats/captions.json"} {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), []byte("x"))
	}
	m, err := ImageFolder(dir, 8, 8, 3)
	if err != nil || m.Len() != 2 || !slices.Equal(m.Classes, []string{"cats", "dogs"}) || m.Skipped != nil {
		t.Errorf("%v, classes %v, %v", m, m.Classes, err)
	}
}

func TestFolderFormats(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	put := func(name string, encode func(w io.Writer) error) {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), b.Bytes())
	}
	flat := image.NewPaletted(image.Rect(0, 0, 8, 8), palette.Plan9)
	for i := range flat.Pix {
		flat.Pix[i] = uint8(i)
	}
	put("a.bmp", func(w io.Writer) error { return bmp.Encode(w, flat) })
	put("b.gif", func(w io.Writer) error { return gif.Encode(w, flat, nil) })
	put("c.tif", func(w io.Writer) error { return tiff.Encode(w, flat, nil) })
	put("d.TIFF", func(w io.Writer) error {
		return tiff.Encode(w, flat, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
	})
	write(t, filepath.Join(dir, "e.jpg"), pngOf(t, flat)) // named for another format than it is
	write(t, filepath.Join(dir, "f.heic"), []byte("x"))
	write(t, filepath.Join(dir, "g.AVIF"), []byte("x"))
	m, err := ImageFolder(dir, 8, 8, 3)
	if err != nil || m.Len() != 5 {
		t.Fatal(m, err)
	}
	want := rgb(flat, flat.Bounds())
	for i := range 5 {
		if !slices.Equal(m.Image(i), want) {
			t.Errorf("picture %d is not as drawn", i)
		}
	}
	if len(m.Skipped) != 2 || !strings.HasPrefix(m.Skipped[0], "f.heic: is of a format that cannot be read here") || !strings.HasPrefix(m.Skipped[1], "g.AVIF: ") {
		t.Errorf("skipped %q", m.Skipped)
	}
	only := t.TempDir()
	write(t, filepath.Join(only, "f.heic"), []byte("x"))
	_, err = ImageFolder(only, 8, 8, 3)
	wantError(t, "only HEIC", err, "f.heic", "cannot be read here")
}

func TestEnlarge(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.png"), pngOf(t, greyOf(28, 28, 90)))
	write(t, filepath.Join(dir, "b.png"), pngOf(t, corners())) // 16×24
	write(t, filepath.Join(dir, "c.png"), pngOf(t, greyOf(1, 300, 7)))
	write(t, filepath.Join(dir, "d.png"), pngOf(t, ramp(64, 64))) // shrunk all the same
	m, err := ImageFolder(dir, 32, 32, 3, Enlarge())
	if err != nil || m.Len() != 4 || m.Skipped != nil {
		t.Fatal(m, err)
	}
	if p := m.Image(0); slices.Min(p) != 90 || slices.Max(p) != 90 {
		t.Errorf("a grey picture is of %d…%d", slices.Min(p), slices.Max(p))
	}
	if got := seen(m, 1); got != "rgbw" {
		t.Errorf("enlarged corners %s", got)
	}
	if m, err := ImageFolder(dir, 32, 32, 3); err != nil || m.Len() != 1 || len(m.Skipped) != 3 { // another cache
		t.Errorf("without: %v, %v", m, err)
	}
}

// A state folder that cannot be written costs the cache, not the pictures.
func TestFolderWithoutACache(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	write(t, blocked, nil)
	t.Setenv("FLOWBOOK_HOME", blocked) // no folder can be made in it, whoever runs the test
	dir := t.TempDir()
	write(t, filepath.Join(dir, "cats", "a.png"), pngOf(t, ramp(8, 8)))
	write(t, filepath.Join(dir, "dogs", "b.png"), pngOf(t, greyOf(8, 8, 3)))
	write(t, filepath.Join(dir, "dogs", "c.png"), []byte("no picture"))
	m, err := ImageFolder(dir, 8, 8, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	cached, err := ImageFolder(dir, 8, 8, 3)
	if err != nil || m.Digest != cached.Digest || !slices.Equal(m.Pixels, cached.Pixels) || !slices.Equal(m.Labels, cached.Labels) || !slices.Equal(m.Skipped, cached.Skipped) {
		t.Errorf("%v and from a cache %v, %v", m, cached, err)
	}
	if err := m.Verify(); err != nil {
		t.Error(err)
	}
}

// More classes than a byte can number.
func TestFolderOfManyClasses(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	dir := t.TempDir()
	picture := pngOf(t, ramp(2, 2))
	for i := range 300 {
		write(t, filepath.Join(dir, string(rune('a'+i/26))+string(rune('a'+i%26)), "1.png"), picture)
	}
	for range 2 { // decoded, then from the cache
		m, err := ImageFolder(dir, 2, 2, 3)
		if err != nil || m.Len() != 300 || len(m.Classes) != 300 || m.Labels[299] != 299 || m.Labels[5] != 5 {
			t.Fatal(m, err)
		}
		if err := m.Verify(); err != nil {
			t.Error(err)
		}
	}
}
