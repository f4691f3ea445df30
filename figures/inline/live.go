package inline

import (
	"fmt"
	"os"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// Live is a picture that is redrawn in place in one cell while a program runs,
// such as the loss of a model in training:
//
//	live := inline.NewLive()
//	for step := range steps {
//		…
//		if live.Due() {
//			live.Show(figures.LossCurves(runs, options))
//		}
//	}
//	live.Show(figures.LossCurves(runs, options))
//
// The last picture shown stays in the notebook. Outside a notebook each picture
// overwrites the last in one file. A Live belongs to one goroutine.
type Live struct {
	// Every is the least time between two pictures that Due asks for; the default
	// is a second.
	Every time.Duration

	place Place
	id    string
	file  string
	last  time.Time
}

// NewLive makes a live picture; nothing is shown before its first Show.
func NewLive() *Live { return At("").Live() }

// Live makes a live picture with this place for its file outside a notebook.
func (p Place) Live() *Live {
	every := time.Second
	if cellFormat() == ".png" {
		every *= 5
	}
	return &Live{Every: every, place: p, id: "figure_" + gonbui.UniqueId()}
}

// Due tells whether it is time for the next picture. Show does not ask it: the
// last picture of a loop can always be shown.
func (l *Live) Due() bool { return time.Since(l.last) >= l.Every }

// Show puts the picture in the place of the one before, or shows and returns the
// error; arguments are those of the function Show.
func (l *Live) Show(picture any, err error) error {
	if err == nil {
		err = l.show(picture)
	} else if gonbui.IsNotebook {
		fmt.Fprintln(os.Stderr, err)
	}
	l.last = time.Now() // drawing takes time too; Every counts from its end
	return err
}

func (l *Live) show(picture any) error {
	if gonbui.IsNotebook {
		return display(l.id, picture)
	}
	first := l.file == ""
	path, err := l.place.write(picture)
	if err != nil {
		return err
	}
	l.file, l.place = path, At(path)
	if first {
		fmt.Println("figure:", path)
	}
	return nil
}
