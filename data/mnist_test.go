package data

import (
	"testing"
)

func TestMNISTFromModule(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	train, test, err := MNIST(Offline())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(train, test)
	if train.Len() != 60000 || test.Len() != 10000 || train.Size() != 784 {
		t.Errorf("got %v, %v", train, test)
	}
	// The first ten labels of each official file, and the sum of its pixels.
	if got := train.Labels[:10]; string(got) != "\x05\x00\x04\x01\x09\x02\x01\x03\x01\x04" {
		t.Errorf("first train labels %v", got)
	}
	if got := test.Labels[:10]; string(got) != "\x07\x02\x01\x00\x04\x01\x04\x09\x05\x09" {
		t.Errorf("first test labels %v", got)
	}
}
