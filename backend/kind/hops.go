package kind

import (
	"strconv"
	"strings"
)

// Lineage is the part of a trace header that tells how many deliveries led to an invocation. AWS's SDKs pass the header of
// the invocation that they run in on with each request, which is how Lambda itself finds loops.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
func Lineage(hops int) string { return "Lineage=1:a12100e5:" + strconv.Itoa(hops) }

// Hops is how many deliveries led to a request, by the lineage in its trace header; 0 where there is none.
func (r HTTPRequest) Hops() int {
	for part := range strings.SplitSeq(r.Get("X-Amzn-Trace-Id"), ";") {
		if lineage, ok := strings.CutPrefix(strings.TrimSpace(part), "Lineage="); ok {
			n, err := strconv.Atoi(lineage[strings.LastIndexByte(lineage, ':')+1:])
			if err == nil && n > 0 {
				return n
			}
		}
	}
	return 0
}
