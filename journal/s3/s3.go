// Package s3 lets a journal keep its artifacts in an S3 bucket: import it for its effect, and open the journal with
// ?artifacts=s3://bucket?prefix=path/ . Credentials are found as the AWS command finds them; see
// https://gocloud.dev/howto/blob/#s3 for the URL's parameters, which also reach S3-compatible servers.
package s3

import (
	_ "gocloud.dev/blob/s3blob" // opens s3://

	"flowbook/journal/artifact/bucket"
)

func init() { bucket.Register("s3") }
