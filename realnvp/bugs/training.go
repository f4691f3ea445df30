package bugs

import "flowbook/realnvp/doctor"

// training are the steps of the way up on few images: no mistakes of code, and each a test of it. A flow that cannot
// overfit one image has a bug; one that overfits a hundred and is taken for trained is one.
func training() []Bug {
	var steps []Bug
	for _, step := range []struct {
		images int
		name   string
		title  string
	}{{1, "one-image", "Overfit on one image"}, {2, "two-images", "Overfit on two images"}, {10, "ten-images", "Overfit on ten images"}, {100, "hundred-images", "Overfit on a hundred images"}} {
		steps = append(steps, Bug{
			Name: step.name, Title: step.title, Images: step.images,
			Symptom: "The training score falls without end, far below a published one, and samples look like the training images.",
			Cause:   "With so few images the best density is a spike on each. That it gets there shows that the code can fit; that it goes on shows nothing else.",
			Fix:     "Go up: 1, 2, 10, 100 images, all; and judge by images that were held out.",
			Check:   doctor.CheckHeldOut,
		})
	}
	return steps
}
