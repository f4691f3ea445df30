// Package inline shows figures where they are made: in the cell of a GoNB
// notebook or, when the program runs outside one, in a file.
//
//	inline.Show(figures.Scatter(data, samples, figures.ScatterOptions{}))
//
// The cell gets the picture itself (image/svg+xml or image/png), not HTML, so
// that it is also seen where HTML is stripped, such as on a code host's page.
package inline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"flowbook/journal/home"
)

// Show shows a picture and returns err, or what went wrong in showing it. It
// takes what a function of package figures returns: a *figures.Figure or an
// image.Image, and an error. A *plot.Plot will do too.
//
// In a notebook an error is also printed in the cell. Outside one the picture is
// written under figures/ in FLOWBOOK_HOME (.flowbook of the project if that is not
// set), in a file named for the figure, and the path is printed.
func Show(picture any, err error) error { return At("").Show(picture, err) }

// Place is where pictures go outside a notebook.
type Place struct{ path string }

// At is a place for pictures outside a notebook: a file if path ends in .svg or
// .png (which then decides the format), else a folder. Inside a notebook it
// changes nothing.
func At(path string) Place { return Place{path} }

// Show is the function Show for this place.
func (p Place) Show(picture any, err error) error {
	if !gonbui.IsNotebook {
		if err != nil {
			return err
		}
		path, err := p.write(picture)
		if err == nil {
			fmt.Println("figure:", path)
		}
		return err
	}
	if err == nil {
		err = display("", picture)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return err
}

// display sends a picture to the cell; with an id it replaces the one sent last
// under that id.
func display(id string, picture any) error {
	e, err := encode(picture, cellFormat())
	if err != nil {
		return err
	}
	data := &protocol.DisplayData{
		Data:      map[protocol.MIMEType]any{e.mime: e.content(), protocol.MIMETextPlain: e.label},
		Metadata:  map[string]any{string(e.mime): map[string]int{"width": e.width}},
		DisplayID: id,
	}
	gonbui.SendData(data)
	if err := gonbui.Error(); err != nil {
		return fmt.Errorf("inline: cannot show %s in the cell: %w", e.label, err)
	}
	return arrived()
}

// cellFormat is the format of figures in cells: the one that suits each, but PNG where
// FLOWBOOK_FIGURES=png asks for it, as `make book IN_PLACE=1` does for notebooks that
// will be read elsewhere. A notebook that somebody else made is not trusted, and
// JupyterLab then shows no SVG of it. To draw a PNG takes about twenty times as long.
func cellFormat() string {
	if os.Getenv("FLOWBOOK_FIGURES") == "png" {
		return ".png"
	}
	return ""
}

// arrived waits until the kernel has what was sent: what is still on its way when
// a cell's program ends is lost.
func arrived() error {
	const patience = 20 * time.Second
	done := make(chan struct{})
	go func() {
		gonbui.Sync()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("inline: the kernel took no notice of the figure for %v: restart it", patience)
	}
}

// write writes a picture to its file, whole or not at all, and returns the path.
func (p Place) write(picture any) (string, error) {
	format := strings.ToLower(filepath.Ext(p.path))
	if format != ".svg" && format != ".png" {
		format = ""
	}
	e, err := encode(picture, format)
	if err != nil {
		return "", err
	}
	path := p.path
	if format == "" {
		if path == "" {
			path = home.Path("figures")
		}
		path = filepath.Join(path, unused(path, e.name)+e.ext)
	}
	return path, writeFile(path, e.bytes)
}

func writeFile(path string, content []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("inline: cannot make the folder of the figure: %w", err)
	}
	f, err := os.CreateTemp(folder, ".figure-*")
	if err != nil {
		return fmt.Errorf("inline: cannot write the figure: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("inline: cannot write the figure: %w", err)
	}
	return nil
}

var (
	usedMu sync.Mutex
	used   = map[string]int{}
)

// unused numbers the pictures of one name that this program writes to one
// folder: scatter, scatter-2, …. A second run overwrites those of the first.
func unused(folder, name string) string {
	usedMu.Lock()
	defer usedMu.Unlock()
	key := filepath.Join(folder, name)
	used[key]++
	if n := used[key]; n > 1 {
		return fmt.Sprintf("%s-%d", name, n)
	}
	return name
}
