package journal

import (
	"context"

	"flowbook/journal/artifact"
	"flowbook/journal/fault"
	"flowbook/journal/internal/outfile"
	"flowbook/journal/provenance"
)

// Copy writes a consistent copy of an SQLite journal to a new file, while others may be writing, and its artifacts to the folder
// FILE.artifacts beside it; where FILE is a link to what is not there yet, beside that. Artifacts that the journal's URL names with ?artifacts= stay where they are: the copy is opened with the same.
func (j *Journal) Copy(ctx context.Context, path string) error {
	path, err := outfile.Target(path)
	if err != nil {
		return err
	}
	if to := path + ".artifacts"; j.at.Private && provenance.Exists(to) {
		return fault.Invalid("%s exists; name a new file", to)
	}
	if err := j.store.Copy(ctx, path); err != nil || !j.at.Private {
		return err
	}
	return j.copyArtifacts(ctx, j.artifacts, artifact.NewFolder(path+".artifacts"))
}

// ArtifactsElsewhere says where the artifacts are, when the journal's URL names the place: then [Journal.Copy] leaves them there.
func (j *Journal) ArtifactsElsewhere() (at string, elsewhere bool) {
	return j.at.Artifacts, !j.at.Private
}
