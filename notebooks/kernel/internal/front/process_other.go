//go:build !linux

package front

import "os/exec"

func adoptOrphans() {}

func endWithUs(*exec.Cmd) {}
