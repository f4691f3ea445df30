//go:build unix

// Package pgtest starts a PostgreSQL server for tests.
package pgtest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// A Server is a PostgreSQL server of the tests' own, on a Unix socket in a temporary folder.
type Server struct {
	Dir  string // holds data, socket and log
	bin  string
	cred *syscall.Credential // another user, since PostgreSQL refuses root
	cmd  *exec.Cmd
}

// Password is the password of the user flowbook.
const Password = "it's/se@cret"

// Shared starts the server that all tests of a program share; [Close] stops it.
var Shared = sync.OnceValues(func() (*Server, error) {
	s, err := start()
	shared = s
	return s, err
})

var shared *Server

// Close stops the shared server, if one was started, and deletes its files.
func Close() {
	if shared != nil {
		shared.Stop(syscall.SIGQUIT)
		os.RemoveAll(shared.Dir)
	}
}

// Bin finds the folder of PostgreSQL's programs.
func Bin() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return "", errors.New("no PostgreSQL server on this machine: apt-get install postgresql")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func start() (*Server, error) {
	bin, err := Bin()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if s.Dir, err = os.MkdirTemp("/tmp", "journal-pg-"); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			if u, err = user.Lookup("nobody"); err != nil {
				return s, err
			}
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		s.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(s.Dir, uid, gid); err != nil {
			return s, err
		}
	}
	pw := filepath.Join(s.Dir, "password")
	if err := os.WriteFile(pw, []byte(Password+"\n"), 0o644); err != nil {
		return s, err
	}
	out, err := s.command("initdb", "--no-sync", "-D", s.Dir+"/data", "-U", "flowbook", "--pwfile="+pw, "--auth=scram-sha-256", "-E", "UTF8", "--locale=C").CombinedOutput()
	if err != nil {
		return s, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s, s.Start()
}

func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = s.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred, Setpgid: true}
	return cmd
}

// Start runs the server and waits until it answers.
func (s *Server) Start() error {
	log, err := os.OpenFile(s.Dir+"/log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = s.command("postgres", "-D", s.Dir+"/data", "-k", s.Dir, "-c", "listen_addresses=", "-c", "fsync=off") // no test cuts the power of the server
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for range 300 {
		if s.command("pg_isready", "-h", s.Dir, "-q").Run() == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	text, _ := os.ReadFile(s.Dir + "/log")
	return fmt.Errorf("the PostgreSQL server does not answer:\n%s", text)
}

// Stop ends the server with a signal.
func (s *Server) Stop(sig syscall.Signal) {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Signal(sig)
		s.cmd.Wait()
		s.cmd = nil
	}
}

// URL is a URL of a schema of the server.
func (s *Server) URL(password, schema string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("flowbook", password), Path: "/postgres",
		RawQuery: url.Values{"host": {s.Dir}, "schema": {schema}}.Encode()}
	return u.String()
}
