// Package postfixtest runs a Postfix of a test's own: an instance with its own settings,
// queue and port on loopback, which ends with the test. It takes what smtptest only plays:
// answers, extensions, queueing and delivery reports are those of the real thing.
package postfixtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"postbag/digest/digesttest"
)

// Server is a running Postfix. It delivers mails to ReaderDomain and BounceDomain into
// Maildirs. Those to GoneDomain it accepts, finds that nobody is there, and sends a report
// to the return path.
type Server struct {
	Addr    string
	Readers string // the Maildir of ReaderDomain
	Bounces string // the Maildir of BounceDomain
	log     string
}

// The domains that it knows.
const (
	ReaderDomain = "reader.example"
	BounceDomain = "bounces.news.example"
	GoneDomain   = "gone.example"
)

const daemons = "/usr/lib/postfix/sbin"

const mainSettings = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
daemon_directory = ` + daemons + `
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
myhostname = mx.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_peername_lookup = no
in_flow_delay = 0
notify_classes =
alias_maps =
virtual_mailbox_domains = ` + ReaderDomain + `, ` + BounceDomain + `
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_maps = regexp:%[1]s/etc/boxes
virtual_uid_maps = static:%[2]s
virtual_gid_maps = static:%[3]s
virtual_minimum_uid = 1
transport_maps = regexp:%[1]s/etc/transports
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = check_recipient_access regexp:%[1]s/etc/access, permit_mynetworks, reject
`

const services = `127.0.0.1:%d inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
flush unix n - n 1000? 0 flush
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
`

// Start runs a Postfix until the test ends, or skips the test where there is none. access
// gives the answers at RCPT to addresses of which a regular expression is given; all others
// are taken.
func Start(t testing.TB, access map[string]string) *Server {
	t.Helper()
	digesttest.Postfix.Check(t)
	dir, err := os.MkdirTemp("", "postfixtest") // where other accounts may go
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	s := &Server{Addr: fmt.Sprintf("127.0.0.1:%d", port), log: filepath.Join(dir, "log"),
		Readers: filepath.Join(dir, "mail", "readers"), Bounces: filepath.Join(dir, "mail", "bounces")}
	owner, nobody := account(t, "postfix"), account(t, "nobody")
	drop, err := user.LookupGroup("postdrop")
	if err != nil {
		t.Fatal(err)
	}
	folder := func(name string, mode os.FileMode, uid, gid string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(name, number(t, uid), number(t, gid)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	folder("etc", 0o755, "0", "0")
	folder("queue", 0o755, "0", "0")
	folder("data", 0o700, owner.Uid, owner.Gid)
	folder("mail", 0o755, nobody.Uid, nobody.Gid)
	for _, name := range []string{"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"} {
		folder(filepath.Join("queue", name), 0o700, owner.Uid, "0")
	}
	folder("queue/pid", 0o755, "0", "0")
	folder("queue/public", 0o710, owner.Uid, drop.Gid)
	folder("queue/maildrop", 0o730, owner.Uid, drop.Gid)
	for _, box := range []string{"readers", "bounces"} {
		for _, name := range []string{box, box + "/new", box + "/cur", box + "/tmp"} {
			folder(filepath.Join("mail", name), 0o700, nobody.Uid, nobody.Gid)
		}
	}
	var answers strings.Builder
	for address, answer := range access {
		fmt.Fprintf(&answers, "/%s/ %s\n", address, answer)
	}
	for name, text := range map[string]string{
		"main.cf":    fmt.Sprintf(mainSettings, dir, nobody.Uid, nobody.Gid),
		"master.cf":  fmt.Sprintf(services, port),
		"boxes":      "/@bounces\\.news\\.example$/ bounces/\n/@reader\\.example$/ readers/\n",
		"transports": "/@gone\\.example$/ error:5.1.1 nobody of this name is here\n",
		"access":     answers.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.run(t, filepath.Join(dir, "etc"))
	return s
}

// run starts the master and waits until it listens.
func (s *Server) run(t testing.TB, settings string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(daemons, "master"), "-c", settings, "-d")
	cmd.Env = append(os.Environ(), "MAIL_CONFIG="+settings)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it ends its whole group
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // it was told to end: its status says so and nothing more
		if t.Failed() {
			log, err := os.ReadFile(s.log)
			t.Logf("postfix says (%v):\n%s", err, log)
		}
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", s.Addr)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("postfix does not listen: ", err)
		}
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

func account(t testing.TB, name string) *user.User {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func number(t testing.TB, id string) int {
	t.Helper()
	n, err := strconv.Atoi(id)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
