//go:build unix

package journal

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
	"testing"
	"time"

	_ "flowbook/journal/postgres"
)

// A pgServer is a PostgreSQL server of the tests' own, on a Unix socket in a temporary folder.
type pgServer struct {
	dir  string // holds data, socket and log
	bin  string
	cred *syscall.Credential // another user, since PostgreSQL refuses root
	cmd  *exec.Cmd
}

const pgPassword = "it's/se@cret"

var thePG = sync.OnceValues(startPG)

// pgBin finds the folder of PostgreSQL's programs.
func pgBin() (string, error) {
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

func startPG() (*pgServer, error) {
	bin, err := pgBin()
	if err != nil {
		return nil, err
	}
	s := &pgServer{bin: bin}
	if s.dir, err = os.MkdirTemp("/tmp", "journal-pg-"); err != nil {
		return nil, err
	}
	stopServers = append(stopServers, func() { s.stop(syscall.SIGQUIT); os.RemoveAll(s.dir) })
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			if u, err = user.Lookup("nobody"); err != nil {
				return nil, err
			}
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		s.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(s.dir, uid, gid); err != nil {
			return nil, err
		}
	}
	pw := filepath.Join(s.dir, "password")
	if err := os.WriteFile(pw, []byte(pgPassword+"\n"), 0o644); err != nil {
		return nil, err
	}
	out, err := s.command("initdb", "--no-sync", "-D", s.dir+"/data", "-U", "flowbook", "--pwfile="+pw, "--auth=scram-sha-256", "-E", "UTF8", "--locale=C").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s, s.start()
}

func (s *pgServer) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred, Setpgid: true}
	return cmd
}

// start runs the server and waits until it answers.
func (s *pgServer) start() error {
	log, err := os.OpenFile(s.dir+"/log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd = s.command("postgres", "-D", s.dir+"/data", "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off") // no test cuts the power of the server
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for range 300 {
		if s.command("pg_isready", "-h", s.dir, "-q").Run() == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	text, _ := os.ReadFile(s.dir + "/log")
	return fmt.Errorf("the PostgreSQL server does not answer:\n%s", text)
}

func (s *pgServer) stop(sig syscall.Signal) {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Signal(sig)
		s.cmd.Wait()
		s.cmd = nil
	}
}

// url is a URL of a schema of the server.
func (s *pgServer) url(password, schema string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("flowbook", password), Path: "/postgres",
		RawQuery: url.Values{"host": {s.dir}, "schema": {schema}}.Encode()}
	return u.String()
}

// needPG returns the server, or skips the test and says what to install.
func needPG(t testing.TB) *pgServer {
	t.Helper()
	if _, err := pgBin(); err != nil {
		t.Skip(err)
	}
	s, err := thePG()
	must(t, err)
	return s
}
