package wire

import "testing"

// TestPortsAreNotThoseOfOutgoingConnections: what is free now and listened to later must not be what the system gives away
// in between.
func TestPortsAreNotThoseOfOutgoingConnections(t *testing.T) {
	c, err := NewConnection()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, port := range []int{c.Shell, c.IOPub, c.Stdin, c.Control, c.Heartbeat} {
		if port < 1024 || port >= 32768 || seen[port] {
			t.Errorf("port %d of %+v", port, c)
		}
		seen[port] = true
	}
}
