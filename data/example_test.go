package data_test

import (
	"fmt"
	"log"

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
