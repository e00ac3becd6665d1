package endpoint

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
)

// ours tells whether a request was meant for this port of this machine. An exact Host stops names that a foreign
// site lets point here (DNS rebinding), which no check of origins does.
func ours(r *http.Request, port int) bool {
	p := ":" + strconv.Itoa(port)
	return r.Host == "127.0.0.1"+p || r.Host == "localhost"+p
}

// crossSite tells whether a page of another site makes the browser send the request. Pages of this machine (a client
// under development on another port) are no strangers, and following a link to here, as after a sign-in elsewhere, is none of
// a page's doing.
// https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
func crossSite(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		return !local(origin)
	}
	if r.Header.Get("Sec-Fetch-Site") != "cross-site" {
		return false
	}
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	return !(read && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document")
}

func local(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	host := u.Hostname()
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
