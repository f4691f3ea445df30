package data_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"flowbook/data"
)

func ExampleMNIST() {
	train, test, err := data.MNIST()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(train)
	fmt.Println(test)
	// Output:
	// mnist-train: 60000 pictures of 28×28×1, sha256 11903afe066e
	// mnist-test: 10000 pictures of 28×28×1, sha256 fd743c70f624
}

// A walk is stopped, its place is kept, and another walk goes on from there.
func ExampleBatches_Seek() {
	points, err := data.Moons(.05).Sample(1000, 1)
	if err != nil {
		log.Fatal(err)
	}
	walk, _ := points.Batches(250, 42)
	walk.Next()
	saved := walk.Next().Next // goes into the checkpoint
	fmt.Printf("%+v\n", saved)

	resumed, _ := points.Batches(250, 0)
	if err := resumed.Seek(saved); err != nil {
		log.Fatal(err)
	}
	fmt.Println(resumed.Next().Indices[0] == walk.Next().Indices[0])
	// Output:
	// {Seed:42 Epoch:0 Index:500}
	// true
}

// What a perfect model would score on held-out points.
func ExampleToy_NLL() {
	moons := data.Moons(.05)
	_, test, err := moons.Split(10000, 10000, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("on these points %.2f nats, in the long run %.2f\n", moons.NLL(test), moons.Entropy()-test.Scaling.Offset())
	// Output: on these points 1.13 nats, in the long run 1.13
}

func ExampleCorrelatedGaussian() {
	toy := data.CorrelatedGaussian(.8)
	fmt.Printf("entropy %.4f nats, log-density at the mean %.4f\n", toy.Entropy(), toy.LogDensity(0, 0))
	// Output: entropy 2.3271 nats, log-density at the mean -1.3271
}

// A table of the reader's own: read, divided, scaled by its training rows.
func ExampleCSV() {
	path := filepath.Join(os.TempDir(), "flowbook-example.csv")
	defer os.Remove(path)
	text := "height;weight;kind\n1,75;70,5;cat\n1,60;;dog\n1,82;90;dog\n1,71;66;cat\n1,9;99;cat\n"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		log.Fatal(err)
	}
	table, err := data.CSV(path, data.Label("kind"), data.DropMissing())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(table)
	train, test, err := table.Split(1, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(train.Len(), test.Len(), train.Classes)
	// Output:
	// flowbook-example: 4 rows of 2 columns ["height" "weight"], sha256 40403d216d11; 1 left out: line 3 has no value for ["weight"]
	// 3 1 [cat dog]
}
