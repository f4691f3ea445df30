package data

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// findCelebA is the list of the partition (the .txt, or the .csv that Kaggle makes of it) and the pictures' zip or folder.
func findCelebA(dir string) (list, pictures string, err error) {
	for _, name := range []string{"list_eval_partition.txt", "list_eval_partition.csv", "Eval/list_eval_partition.txt"} {
		if at := filepath.Join(dir, name); list == "" && isFile(at) {
			list = at
		}
	}
	for _, name := range []string{"img_align_celeba.zip", "Img/img_align_celeba.zip"} {
		if at := filepath.Join(dir, name); pictures == "" && isFile(at) {
			pictures = at
		}
	}
	for _, sub := range []string{"img_align_celeba/img_align_celeba", "img_align_celeba", "Img/img_align_celeba", "."} {
		if at := filepath.Join(dir, sub); pictures == "" && holdsPicture(at) {
			pictures = at
		}
	}
	missing := ""
	switch {
	case list == "":
		missing = "list_eval_partition.txt"
	case pictures == "":
		missing = "img_align_celeba.zip or .jpg files"
	default:
		return list, pictures, nil
	}
	return "", "", fmt.Errorf("data: CelebA: %w: no %s in %s: get img_align_celeba.zip and list_eval_partition.txt from https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html and put them there, or name their folder with From or FLOWBOOK_CELEBA",
		ErrMissing, missing, dir)
}

// holdsPicture tells whether a folder has a picture, without listing all of a large one.
func holdsPicture(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(256)
		for _, n := range names {
			if readable[ending(n)] {
				return true
			}
		}
		if err != nil {
			return false
		}
	}
}

// openCelebA gives the opener of a picture by its name in the partition, in a zip or a folder. Copies differ in case
// and in the kind of file: 000001.jpg is 000001.JPG or 000001.png where that is there instead.
func openCelebA(pictures string) (open func(name string) (io.ReadCloser, error), closer io.Closer, err error) {
	if filepath.Ext(pictures) != ".zip" {
		entries, err := os.ReadDir(pictures)
		if err != nil {
			return nil, nil, fmt.Errorf("data: %w", err)
		}
		files := map[string]string{}
		for _, e := range entries {
			files[stem(e.Name())] = e.Name()
		}
		return func(name string) (io.ReadCloser, error) {
			if f, ok := files[stem(name)]; ok {
				name = f
			}
			return os.Open(filepath.Join(pictures, name))
		}, io.NopCloser(nil), nil
	}
	z, err := zip.OpenReader(pictures)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %s is truncated or no zip file (%v): fetch it again", pictures, err)
	}
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[stem(path.Base(f.Name))] = f
	}
	return func(name string) (io.ReadCloser, error) {
		if f := files[stem(name)]; f != nil {
			return f.Open()
		}
		return nil, errors.New("is not in img_align_celeba.zip")
	}, z, nil
}

// stem is a file's name without its ending, in lower case; a hidden file, such as the ._000001.jpg that zips made on a
// Mac have, keeps its dot.
func stem(name string) string {
	return strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name)))
}
