// Package gs lets a journal keep its artifacts in Google Cloud Storage: import it for its effect, and open the journal with
// ?artifacts=gs://bucket?prefix=path/ . Credentials are Google's application default credentials; see
// https://gocloud.dev/howto/blob/#gcs for the URL's parameters.
package gs

import (
	_ "gocloud.dev/blob/gcsblob" // opens gs://

	"flowbook/journal/artifact/bucket"
)

func init() { bucket.Register("gs") }
