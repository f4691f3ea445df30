// Package variables copies and sets the variables of a model.Store.
package variables

import (
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Clone copies a variable's value.
func Clone(v *model.Variable) (*tensors.Tensor, error) {
	value, err := v.Value()
	if err != nil {
		return nil, err
	}
	return value.LocalClone()
}

// Copy gives the variable of the same path in another store a copy of a variable's value; one without a value is left out.
func Copy(v *model.Variable, to *model.Store) error {
	if !v.HasValue() {
		return nil
	}
	value, err := Clone(v)
	if err != nil {
		return err
	}
	return Set(to, v.Path(), value, v.Trainable)
}

// Set gives the variable at path a value, and makes it where there is none.
func Set(store *model.Store, path string, value *tensors.Tensor, trainable bool) error {
	if v := store.GetVariable(path); v != nil {
		return v.SetTrainable(trainable).SetValue(value)
	}
	v, err := store.CreateVariable(path, value)
	if err == nil {
		v.SetTrainable(trainable)
	}
	return err
}
