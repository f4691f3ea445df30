package realnvp

import (
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/core/tensors/dtensor"
	"github.com/gomlx/gomlx/ml/model"
)

// state is all that training moves, as one value: weights, running moments, Adam's moments and step count, averages
// (values), and the counts, positions and scores beside them (step, progress). A step replaces it whole or leaves it.
type state struct {
	values   values
	step     int
	progress progress
}

// values are the values of a store's variables at one moment, by path. An execution never writes to a value, it gives
// a new one: so an earlier state is kept by keeping its values, and costs their memory and no time.
type values map[string]value

// value is a variable's value: whole, or spread over devices.
type value struct {
	whole     *tensors.Tensor
	spread    *dtensor.Tensor
	trainable bool
}

// valuesOf takes the values of all variables of a store. spread tells whether they are to be over several devices.
func valuesOf(store *model.Store, spread *spread) (values, error) {
	vs := make(values, store.NumVariables())
	for v := range store.IterVariables() {
		if !v.HasValue() {
			continue
		}
		held := value{trainable: v.Trainable}
		var err error
		if spread != nil {
			held.spread, err = v.DistributedValue()
		} else {
			held.whole, err = v.Value()
		}
		if err != nil {
			return nil, err
		}
		vs[v.Path()] = held
	}
	return vs, nil
}

// put makes these the values of a store's variables, and removes every other variable. What was there is not freed.
func (vs values) put(store *model.Store) error {
	var others []string
	for v := range store.IterVariables() {
		if _, mine := vs[v.Path()]; !mine {
			others = append(others, v.Path())
		}
	}
	if err := drop(store, others...); err != nil {
		return err
	}
	for path, held := range vs {
		v := store.GetVariable(path)
		if v == nil {
			made, err := store.CreateVariable(path, held.whole)
			if err != nil {
				return err
			}
			made.SetTrainable(held.trainable)
			continue
		}
		if err := held.give(v); err != nil {
			return err
		}
	}
	return nil
}

// drop removes variables from a store without freeing their values.
func drop(store *model.Store, paths ...string) error {
	for _, path := range paths {
		if v := store.GetVariable(path); v != nil {
			if err := v.SetValuePreservingOld(nil); err != nil {
				return err
			}
		}
		if err := store.DeleteVariable(path); err != nil {
			return err
		}
	}
	return nil
}

// give makes this the value of a variable, without freeing what it had.
func (held value) give(v *model.Variable) error {
	if held.spread == nil {
		return v.SetValuePreservingOld(held.whole)
	}
	// Without this, SetDistributedValue would free the value that the variable has.
	if err := v.SetValuePreservingOld(nil); err != nil {
		return err
	}
	return v.SetDistributedValue(held.spread)
}

// free gives back the memory of values, but for those that others still hold.
func (vs values) free(others ...values) error {
	for path, held := range vs {
		kept := false
		for _, other := range others {
			kept = kept || other[path].whole == held.whole && other[path].spread == held.spread
		}
		if kept {
			continue
		}
		var err error
		if held.spread != nil {
			err = held.spread.FinalizeAll()
		} else {
			err = held.whole.FinalizeAll()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
