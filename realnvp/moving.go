package realnvp

import "github.com/gomlx/gomlx/ml/model"

// This file is how a model is evaluated while it is trained: what moves weights, step or progress does so in moving, and
// what reads them holds still, and calls catchUp first.

// moving runs what moves the model's state while nothing reads it.
func (m *Model) moving(fn func() error) error {
	m.still.Lock()
	defer m.still.Unlock()
	m.behind = true
	return fn()
}

// catchUp brings the model's own store up to date with a training that packs its weights, and the store of the averaged
// weights with both. The caller holds still, so that nobody reads yet what the first one after a move writes here.
func (m *Model) catchUp() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.behind {
		return nil
	}
	if err := m.unpack(); err != nil {
		return err
	}
	if err := m.refreshAverage(); err != nil {
		return err
	}
	m.behind = false
	return nil
}

// unpack brings the store up to date with a training that packs its weights. The caller holds mu, or is moving.
func (m *Model) unpack() error {
	if m.packing == nil {
		return nil
	}
	return try("unpacking the weights", func() error { return m.packing.Unpack(m.store) })
}

// copyOf is a copy of the store that which gives, for graphs that move its values, or that are built while others are.
func (m *Model) copyOf(which func() *model.Store) (*model.Store, error) {
	m.still.RLock()
	defer m.still.RUnlock()
	if err := m.catchUp(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return which().Clone()
}

// trained is the store of the weights as trained.
func (m *Model) trained() *model.Store { return m.store }
