package local

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// listening visits the TCP ports that this process listens at, as the kernel knows them.
func listening(t *testing.T, visit func(ip net.IP, port string)) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	mine := map[string]bool{}
	fds, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range fds {
		if link, err := os.Readlink(fd); err == nil && strings.HasPrefix(link, "socket:[") {
			mine[strings.Trim(link, "socket:[]")] = true
		}
	}
	found := 0
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for _, line := range strings.Split(string(text), "\n")[1:] {
			f := strings.Fields(line)
			if len(f) < 10 || f[3] != "0A" || !mine[f[9]] {
				continue
			}
			host, port, _ := strings.Cut(f[1], ":")
			raw, err := hex.DecodeString(host)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i+3 < len(raw); i += 4 { // the kernel prints words of this machine's order
				raw[i], raw[i+1], raw[i+2], raw[i+3] = raw[i+3], raw[i+2], raw[i+1], raw[i]
			}
			n, _ := strconv.ParseUint(port, 16, 16)
			visit(net.IP(raw), fmt.Sprint(n))
			found++
		}
	}
	if found == 0 {
		t.Error("this process listens nowhere, so that nothing was looked at")
	}
}

// children are the processes that this one has started and that live.
func children(t *testing.T) []string {
	t.Helper()
	list, _ := filepath.Glob("/proc/self/task/*/children")
	var out []string
	for _, name := range list {
		text, _ := os.ReadFile(name)
		for pid := range strings.FieldsSeq(string(text)) {
			stat, _ := os.ReadFile("/proc/" + pid + "/stat")
			if line, _ := os.ReadFile("/proc/" + pid + "/cmdline"); len(line) > 0 && !strings.Contains(string(stat), ") Z ") {
				out = append(out, strings.ReplaceAll(string(line), "\x00", " "))
			}
		}
	}
	return out
}
