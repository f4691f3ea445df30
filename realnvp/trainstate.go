package realnvp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// begin makes ready what the first step needs. Where it fails the model is as it was.
func (tr *training) begin(ctx context.Context, src Source) (err error) {
	m, t := tr.m, tr.t
	tr.result = Result{Step: m.step, Best: m.progress.Best}
	if err := m.awaitFeed(ctx); err != nil {
		return err
	}
	if t.Start == GoOn && m.progress.Position != nil {
		if err := recovered("its Seek", func() error { return src.Seek(m.progress.Position) }); err != nil {
			return fmt.Errorf("realnvp: train: the source cannot go on where the training stopped: %w; "+
				"to train on another source set TrainConfig.Start to %q (weights and optimizer go on) or %q (the weights alone)", err, OtherSource, Afresh)
		}
	}
	tr.before = state{step: m.step, progress: m.progress}
	if tr.before.values, err = valuesOf(m.store, nil); err != nil {
		return err
	}
	if err = m.moving(func() error { return m.startFrom(t) }); err != nil {
		return errors.Join(err, m.moving(tr.undo))
	}
	feedCtx, stop := context.WithCancel(ctx)
	tr.stop = stop
	m.feed = m.startFeed(feedCtx, src, t)
	tr.feed = m.feed
	if err = tr.startLayers(ctx); err == nil {
		err = m.moving(func() (err error) { tr.steps, err = m.newStepper(t); return err })
	}
	if err != nil {
		stop()
		return errors.Join(err, m.moving(tr.undo))
	}
	tr.result.Best = m.progress.Best
	if best := m.progress.Best.Step; best > 0 && best == m.step && t.Patience > 0 && !t.ReturnLast {
		now, err := tr.now() // this very state is the best validation's
		if err != nil {
			stop()
			return errors.Join(err, m.moving(tr.undo))
		}
		tr.best = &now
	}
	return nil
}

// startFrom takes from the state what a training does not go on with.
func (m *Model) startFrom(t TrainConfig) error {
	if m.progress.Batches == 0 { // a checkpoint that does not count them
		m.progress.Batches = uint64(m.step * max(1, t.Accumulate))
	}
	scopes := []string{accumulateScope}
	if t.EMA == 0 || t.Start == Afresh {
		scopes = append(scopes, averageScope)
	}
	switch t.Start {
	case Afresh:
		m.step, m.progress = 0, progress{}
		scopes = nil // all but the flow's own
	case OtherSource:
		m.progress.Position = nil
		m.progress.forgetBest()
	}
	var gone []string
	for v := range m.store.IterVariables() {
		scope := strings.SplitN(v.Path(), "/", 3)[1]
		if scopes == nil && scope != FlowScope || slices.Contains(scopes, scope) {
			gone = append(gone, v.Path())
		}
	}
	if err := drop(m.store, gone...); err != nil {
		return err
	}
	m.progress.ValidationDue = m.progress.ValidationDue && t.validates()
	if digest := validationDigest(t); digest != m.progress.ValidationDigest {
		m.progress.forgetBest()
		m.progress.ValidationDigest = digest
	}
	if t.Patience > 0 && m.progress.SinceBest >= t.Patience {
		m.progress.SinceBest = 0 // it had stopped for that, and is asked to go on
	}
	if t.EMA > 0 {
		return m.startAverage()
	}
	return nil
}

// note changes the progress.
func (tr *training) note(change func(p *progress)) {
	tr.m.still.Lock()
	defer tr.m.still.Unlock()
	change(&tr.m.progress)
}

// undo makes the model what it was before a training that took no step. The caller is moving.
func (tr *training) undo() error {
	m := tr.m
	m.step, m.progress = tr.before.step, tr.before.progress
	return tr.before.values.put(m.store)
}

// now is the state as it is.
func (tr *training) now() (state, error) {
	vs, err := valuesOf(tr.steps.store(), tr.steps.spread)
	return state{vs, tr.m.step, tr.m.progress}, err
}

// back makes an earlier state the present one, and frees what no other state holds.
func (tr *training) back(to state) error {
	now, err := tr.now()
	if err != nil {
		return err
	}
	err = tr.m.moving(func() error {
		tr.m.step, tr.m.progress = to.step, to.progress
		if tr.m.packing != nil {
			tr.m.packing.Ahead = true
		}
		return to.values.put(tr.steps.store())
	})
	if err != nil {
		return err
	}
	return now.values.free(tr.held()...)
}

// held are the values of the present state and of those that are kept.
func (tr *training) held() []values {
	var all []values
	if now, err := tr.now(); err == nil {
		all = append(all, now.values)
	}
	for _, s := range []*state{tr.good, tr.best} {
		if s != nil {
			all = append(all, s.values)
		}
	}
	return all
}

// keep holds a state in place of another, and frees what of that one is held no more.
func (tr *training) keep(place **state, s state) error {
	was := *place
	*place = &s
	if was == nil {
		return nil
	}
	return was.values.free(tr.held()...)
}

// end closes a training that ended with err, nil for as asked, and writes its checkpoint.
func (tr *training) end(ctx context.Context, err error) error {
	m := tr.m
	tr.stop()
	if settleErr := tr.settle(); settleErr != nil && err == nil {
		err = settleErr
	} else if settleErr != nil {
		err = fmt.Errorf("%w; then: %w", err, settleErr)
	}
	if waitErr := m.awaitFeed(ctx); err == nil && ctx.Err() == nil {
		err = waitErr
	}
	closeErr := m.moving(tr.close)
	if err == nil {
		err = closeErr
	}
	if saveErr := recovered("train: the last checkpoint", tr.save); err == nil {
		err = saveErr
	}
	return err
}

// idle tells whether the training did nothing, so that the model is to be as it was.
func (tr *training) idle() bool { return tr.taken == 0 && !tr.madeUp }

// close brings the model's own store up to date and frees what the training held besides. The caller is moving.
func (tr *training) close() error {
	m := tr.m
	if tr.idle() {
		if m.packing != nil {
			m.packing.Ahead = false // so that the model's own values are as they were
		}
		return errors.Join(tr.steps.close(), tr.undo())
	}
	var held []values
	for _, s := range []*state{tr.good, tr.best, &tr.before} {
		if s != nil {
			held = append(held, s.values)
		}
	}
	err := tr.steps.close()
	if err == nil && tr.givenBack != nil {
		err = m.replace(tr.givenBack)
	}
	now, nowErr := valuesOf(m.store, nil)
	if err = errors.Join(err, nowErr); err != nil {
		return err
	}
	for _, vs := range held {
		err = errors.Join(err, vs.free(now))
	}
	return err
}

// save writes the checkpoint of a training's end: of what it leaves, unless that is behind a checkpoint that is there.
func (tr *training) save() error {
	switch {
	case tr.t.Checkpoint == "":
		return nil
	case tr.idle():
		return tr.m.saveIfMissing(tr.t)
	case tr.ruined && tr.m.remembers(tr.t.Checkpoint):
		return nil
	}
	if tr.stopped { // the best weights are what is left, and later than all that was written before
		return tr.m.saveProgress(tr.t, tr.result.Step)
	}
	return tr.m.saveProgress(tr.t, tr.m.step)
}
