package doctor

// Names of the checks, in the order of a report.
const (
	// CheckForward: the flow builds and runs, keeps the number of dimensions, and gives one log-determinant a sample.
	CheckForward = "forward"
	// CheckFinite: every variable and every tensor between two layers is finite; the first that is not is named.
	CheckFinite = "finite"
	// CheckInvertible: Inverse(Forward(x)) is x, of each layer at its real input and of the whole.
	CheckInvertible = "invertible"
	// CheckLogDet: log-determinants are those of the Jacobian, and those of Inverse are their negatives.
	CheckLogDet = "log-det"
	// CheckGradient: autodiff and finite differences agree, so training sees the true slope.
	CheckGradient = "gradient"
	// CheckPrecision: log p in the flow's own type is near that in float64.
	CheckPrecision = "precision"
	// CheckApart: in evaluation, a sample's latent does not depend on the other samples of its batch.
	CheckApart = "samples apart"
	// CheckFrozen: evaluation changes no variable and gives the same twice.
	CheckFrozen = "frozen in evaluation"
	// CheckBase: the latent's log-density is that of N(0, I), constants included.
	CheckBase = "base density"
	// CheckIntegral: the density integrates to 1 (one or two dimensions).
	CheckIntegral = "integrates to 1"
	// CheckBits: bits per dimension are such as pixels can have, and the data are in the declared unit.
	CheckBits = "bits/dim"
	// CheckColumns: of vectors, no column is constant, repeats others, or takes few values.
	CheckColumns = "data columns"
	// CheckTerms: no summand of the loss is out of all proportion.
	CheckTerms = "loss terms"
	// CheckLatent: mean, standard deviation and Kolmogorov-Smirnov distance of z to N(0, 1).
	CheckLatent = "latent normal"
	// CheckScales: the couplings' s are neither dead nor exploding.
	CheckScales = "coupling scales"
	// CheckStart: an untrained flow is the identity after its preprocessing.
	CheckStart = "starts as identity"
	// CheckRunning: running moments are near those of the batch.
	CheckRunning = "running moments"
	// CheckMomentum: a batch moves the running moments neither too much nor not at all.
	CheckMomentum = "norm momentum"
	// CheckVariance: batch norm uses the unbiased variance.
	CheckVariance = "norm variance"
	// CheckTrainLogDet: batch norm's log-determinant in training is that of what it does in training.
	CheckTrainLogDet = "norm log-det, training"
	// CheckSamples: latents drawn from N(0, I) decode to finite samples within the data's range.
	CheckSamples = "samples decode"
	// CheckHostile: constant inputs and points ten standard deviations out have a finite, tame log p.
	CheckHostile = "hostile inputs"
	// CheckHeldOut: new data score about as the batch does.
	CheckHeldOut = "held-out data"
	// CheckMultiScale: an image flow factors out, and goes on after the last factor-out.
	CheckMultiScale = "multi-scale"
	// CheckNorms: a deep image flow has a norm on the coupling path.
	CheckNorms = "norm layers"
	// CheckWidth: nets have more planes than the flow has couplings, not the other way round.
	CheckWidth = "planes and couplings"
)
