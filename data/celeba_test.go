package data

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal/home"
)

// smallCelebA writes seven pictures and the list that divides them.
func smallCelebA(t *testing.T, zipped bool) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string][]byte{}
	list := ""
	for i, part := range []int{0, 0, 0, 0, 1, 2, 2} {
		name := fmt.Sprintf("%06d.jpg", i+1)
		files[name] = jpg(t, greyOf(218, 178, uint8(10*i+10)))
		list += fmt.Sprintf("%s %d\n", name, part)
	}
	files["000001.jpg"] = jpg(t, ramp(218, 178))
	files["000003.jpg"] = files["000003.jpg"][:400]   // cut
	files["000006.jpg"] = jpg(t, greyOf(178, 218, 9)) // turned
	write(t, filepath.Join(dir, "list_eval_partition.txt"), []byte(list))
	if !zipped {
		for name, content := range files {
			write(t, filepath.Join(dir, "img_align_celeba", name), content)
		}
		return dir
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create("img_align_celeba/" + name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(content)
	}
	z.Close()
	write(t, filepath.Join(dir, "img_align_celeba.zip"), b.Bytes())
	return dir
}

func TestCelebA(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	var digest string
	for _, zipped := range []bool{false, true} {
		dir := smallCelebA(t, zipped)
		for range 2 { // decoded, then from the cache
			t.Setenv("FLOWBOOK_CELEBA", dir)
			train, validation, test, err := CelebA()
			if err != nil {
				t.Fatal(err)
			}
			if train.Len() != 3 || validation.Len() != 1 || test.Len() != 1 || train.Size() != 64*64*3 {
				t.Fatalf("%v, %v, %v", train, validation, test)
			}
			if len(train.Skipped) != 1 || !strings.HasPrefix(train.Skipped[0], "000003.jpg: does not decode") {
				t.Errorf("training skipped %q", train.Skipped)
			}
			if len(test.Skipped) != 1 || test.Skipped[0] != "000006.jpg: is 178×218, not 218×178 as the aligned pictures are" {
				t.Errorf("test skipped %q", test.Skipped)
			}
			if got := validation.Image(0)[0]; got != 50 {
				t.Errorf("the validation picture has grey %d, want 50", got)
			}
			// The crop starts at column 15, row 35; a new pixel is the mean of 2.3125 old ones: 15+0.66, 35+0.66.
			if p := train.Image(0); p[0] < 13 || p[0] > 18 || p[1] < 33 || p[1] > 38 {
				t.Errorf("the first pixel is %v, want about 16, 36", p[:3])
			}
			if digest == "" {
				digest = train.Digest
			}
			if train.Digest != digest {
				t.Error("zip and folder differ")
			}
		}
	}
}

func TestCelebABad(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	t.Setenv("FLOWBOOK_CELEBA", "")
	load := func(dir string) error { _, _, _, err := CelebA(From(dir)); return err }
	_, _, _, err := CelebA()
	wantError(t, "not here", err, "CelebA", "list_eval_partition.txt", "https://", home.Path("data", "celeba"))
	if !errors.Is(err, ErrMissing) {
		t.Errorf("%v is not ErrMissing", err)
	}
	zipped := smallCelebA(t, true)
	content, _ := os.ReadFile(filepath.Join(zipped, "img_align_celeba.zip"))
	write(t, filepath.Join(zipped, "img_align_celeba.zip"), content[:len(content)/2])
	wantError(t, "cut zip", load(zipped), "img_align_celeba.zip", "truncated", "fetch it again")

	dir := smallCelebA(t, false)
	list := filepath.Join(dir, "list_eval_partition.txt")
	write(t, list, []byte("000001.jpg 0\n000002.jpg 1\n"))
	wantError(t, "cut list", load(dir), list, "partition 2", "truncated")
	write(t, list, []byte("000001.jpg 0\n<html>\n"))
	wantError(t, "a page", load(dir), list, "line 2", "<html>")
	write(t, list, []byte("../../secret.jpg 0\n"))
	wantError(t, "a path", load(dir), list, "line 1")
	os.Remove(list)
	wantError(t, "no list", load(dir), "list_eval_partition.txt", dir)
	write(t, list, []byte("image_id,partition\r\n000001.jpg,0\r\n000005.jpg,1\r\n000007.jpg,2\r\n000099.jpg,2\r\n")) // Kaggle's
	_, _, test, err := CelebA(From(dir))
	if err != nil || test.Len() != 1 || len(test.Skipped) != 1 || !strings.Contains(test.Skipped[0], "000099.jpg: no such file") {
		t.Errorf("a missing picture: %v, %v", test, err)
	}
}

// Copies that other systems and tools made: names in capitals, PNG for JPEG, a byte order mark, the folders of the
// set's page.
func TestCelebACopies(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	want, _, _, err := CelebA(From(smallCelebA(t, false)))
	if err != nil {
		t.Fatal(err)
	}
	dir := smallCelebA(t, false)
	rename := func(from, to string) {
		write(t, filepath.Join(dir, to), nil)
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	for i := 1; i <= 7; i++ {
		rename(fmt.Sprintf("img_align_celeba/%06d.jpg", i), fmt.Sprintf("Img/img_align_celeba/%06d.JPG", i))
	}
	list, _ := os.ReadFile(filepath.Join(dir, "list_eval_partition.txt"))
	os.Remove(filepath.Join(dir, "list_eval_partition.txt"))
	write(t, filepath.Join(dir, "Eval", "list_eval_partition.txt"), append([]byte("\ufeff"), list...))
	os.Remove(filepath.Join(dir, "Img", "img_align_celeba", "000002.JPG"))
	write(t, filepath.Join(dir, "Img", "img_align_celeba", "000002.png"), pngOf(t, greyOf(218, 178, 20)))
	train, validation, _, err := CelebA(From(dir))
	if err != nil || train.Len() != 3 || validation.Len() != 1 || train.Digest != want.Digest {
		t.Fatal(train, validation, err)
	}
}
