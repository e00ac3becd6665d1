package aws

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// cloud is a scripted STS, S3, CloudFormation, Lambda and Logs with a clock of its own: whoever sleeps moves it. What it does
// to the answers (throttle, lose, delay, double) the test says.
type cloud struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	now      time.Time
	account  string
	part     string
	stacks   []*stack
	sets     map[string]*changeSet
	buckets  map[string]map[string][]byte
	calls    []string // "service Action", in order
	lines    []string // log lines
	fails    map[string]string
	stuck    map[string]bool // resources that cannot be deleted while their bucket has objects
	before   func(call string) *answer
	after    func(call string) // may block or panic with http.ErrAbortHandler: the answer is lost
	disorder *rand.Rand
}

type stack struct {
	id, name string
	tags     map[string]string
	template template
	previous template
	events   []stackEvent
	tokens   map[string]bool
	made     time.Time
}

type stackEvent struct {
	at                          time.Time
	id, logical, physical, kind string
	status, reason, token       string
	remove                      bool
	add                         bool
	isStack                     bool
}

type changeSet struct {
	arn, stackID, status, reason, execution string
	template                                template
	changes                                 []map[string]string
	tags                                    map[string]string
}

type template struct {
	Metadata  any
	Resources map[string]struct {
		Type       string
		Properties any
	}
	Outputs map[string]struct {
		Description string
		Value       any
	}
}

type answer struct {
	status int
	code   string
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), account: "111122223333", part: "aws", sets: map[string]*changeSet{},
		buckets: map[string]map[string][]byte{}, fails: map[string]string{}, stuck: map[string]bool{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *cloud) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After moves the clock at once: nobody really waits.
func (c *cloud) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	out := make(chan time.Time, 1)
	out <- c.now
	return out
}

// made counts the calls of an action.
func (c *cloud) made(action string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, call := range c.calls {
		if strings.HasSuffix(call, " "+action) {
			n++
		}
	}
	return n
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	form, _ := url.ParseQuery(string(body)) // only query services send a form
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	parts := strings.Split(scope, "/")
	service := "unsigned"
	if len(parts) > 3 {
		service = parts[3]
	}
	action := form.Get("Action")
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, action, _ = strings.Cut(target, ".")
	}
	if service == "s3" {
		action = r.Method + s3Action(r)
	}
	call := service + " " + action
	c.mu.Lock()
	before, after := c.before, c.after
	c.calls = append(c.calls, call)
	c.mu.Unlock()
	if before != nil {
		if a := before(call); a != nil {
			if service == "s3" && a.code == "Throttling" { // S3's own way to say it; an answer to HEAD has no body
				a = &answer{503, "SlowDown"}
			}
			w.WriteHeader(a.status)
			fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>as the test says</Message></Error></ErrorResponse>`, a.code)
			return
		}
	}
	c.mu.Lock()
	status, header, text := c.answer(service, action, r, form, body)
	c.mu.Unlock()
	if after != nil {
		after(call)
	}
	for k, v := range header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func s3Action(r *http.Request) string {
	q := r.URL.Query()
	for _, k := range []string{"publicAccessBlock", "tagging", "versions", "delete"} {
		if q.Has(k) {
			return " " + k
		}
	}
	if strings.Count(strings.Trim(r.URL.Path, "/"), "/") == 0 {
		return " bucket"
	}
	return " object"
}

func (c *cloud) answer(service, action string, r *http.Request, form url.Values, body []byte) (int, map[string]string, string) {
	switch service {
	case "sts":
		return 200, nil, fmt.Sprintf(`<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:%s:iam::%s:user/me</Arn><UserId>U</UserId><Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, c.part, c.account, c.account)
	case "cloudformation":
		return c.formation(action, form)
	case "s3":
		return c.storage(action, r, body)
	case "lambda":
		return 200, map[string]string{"X-Amz-Log-Result": "aGVsbG8="}, `{"got":` + string(body) + `}`
	case "logs":
		var events []map[string]any
		for i, l := range c.lines {
			events = append(events, map[string]any{"eventId": fmt.Sprint(i), "message": l, "timestamp": c.now.UnixMilli() - 1000 + int64(i)})
		}
		text, _ := json.Marshal(map[string]any{"events": events}) // plain values
		return 200, map[string]string{"Content-Type": "application/x-amz-json-1.1"}, string(text)
	}
	return 400, nil, "unknown service " + service
}

func failed(code, message string) (int, map[string]string, string) {
	return 400, nil, fmt.Sprintf(`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, code, message)
}

func result(action, inner string) (int, map[string]string, string) {
	return 200, nil, fmt.Sprintf(`<%sResponse><%sResult>%s</%sResult></%sResponse>`, action, action, inner, action, action)
}

func (c *cloud) find(name string) *stack {
	for _, s := range slices.Backward(c.stacks) {
		if s.id == name || (s.name == name && c.statusOf(s) != "DELETE_COMPLETE") {
			return s
		}
	}
	return nil
}

func (c *cloud) visible(s *stack) []stackEvent {
	var out []stackEvent
	for _, e := range s.events {
		if !e.at.After(c.now) {
			out = append(out, e)
		}
	}
	return out
}

func (c *cloud) statusOf(s *stack) string {
	status := "REVIEW_IN_PROGRESS"
	for _, e := range c.visible(s) {
		if e.isStack {
			status = e.status
		}
	}
	return status
}

func (c *cloud) present(s *stack) map[string]stackEvent {
	out := map[string]stackEvent{}
	for _, e := range c.visible(s) {
		switch {
		case e.isStack:
		case e.remove:
			delete(out, e.logical)
		case e.add || out[e.logical].id != "":
			out[e.logical] = e
		}
	}
	return out
}

func text(v string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(v)) // a Builder takes everything
	return b.String()
}

func (c *cloud) formation(action string, f url.Values) (int, map[string]string, string) {
	name := f.Get("StackName")
	switch action {
	case "DescribeStacks":
		s := c.find(name)
		if s == nil {
			return failed("ValidationError", "Stack with id "+name+" does not exist")
		}
		var tags, outputs string
		for k, v := range s.tags {
			tags += fmt.Sprintf("<member><Key>%s</Key><Value>%s</Value></member>", k, v)
		}
		for k, o := range s.template.Outputs {
			outputs += fmt.Sprintf("<member><OutputKey>%s</OutputKey><OutputValue>https://out.example/%s</OutputValue><Description>%s</Description></member>", k, k, text(o.Description))
		}
		return result(action, fmt.Sprintf("<Stacks><member><StackId>%s</StackId><StackName>%s</StackName><StackStatus>%s</StackStatus><CreationTime>%s</CreationTime><Tags>%s</Tags><Outputs>%s</Outputs></member></Stacks>",
			s.id, s.name, c.statusOf(s), s.made.Format(time.RFC3339), tags, outputs))
	case "GetTemplateSummary":
		m, _ := json.Marshal(c.find(name).template.Metadata) // it was JSON
		return result(action, "<Metadata>"+text(string(m))+"</Metadata>")
	case "CreateChangeSet":
		return c.createChangeSet(f)
	case "DescribeChangeSet":
		set := c.sets[f.Get("ChangeSetName")]
		if set == nil {
			return failed("ChangeSetNotFound", "gone")
		}
		changes := ""
		for _, ch := range set.changes {
			changes += fmt.Sprintf("<member><Type>Resource</Type><ResourceChange><Action>%s</Action><LogicalResourceId>%s</LogicalResourceId><ResourceType>%s</ResourceType><Replacement>%s</Replacement></ResourceChange></member>", ch["action"], ch["logical"], ch["type"], ch["replacement"])
		}
		return result(action, fmt.Sprintf("<ChangeSetId>%s</ChangeSetId><StackId>%s</StackId><Status>%s</Status><StatusReason>%s</StatusReason><ExecutionStatus>%s</ExecutionStatus><Changes>%s</Changes>", set.arn, set.stackID, set.status, text(set.reason), set.execution, changes))
	case "DeleteChangeSet":
		delete(c.sets, f.Get("ChangeSetName"))
		return result(action, "")
	case "ExecuteChangeSet":
		return c.execute(f)
	case "DescribeStackEvents":
		return c.describeEvents(c.find(name))
	case "ListStackResources":
		s, list := c.find(name), ""
		for logical, e := range c.present(s) {
			list += fmt.Sprintf("<member><LogicalResourceId>%s</LogicalResourceId><PhysicalResourceId>%s</PhysicalResourceId><ResourceType>%s</ResourceType><ResourceStatus>%s</ResourceStatus><LastUpdatedTimestamp>%s</LastUpdatedTimestamp></member>",
				logical, e.physical, e.kind, e.status, e.at.Format(time.RFC3339))
		}
		return result(action, "<StackResourceSummaries>"+list+"</StackResourceSummaries>")
	case "DeleteStack":
		return c.deleteStack(f)
	case "CancelUpdateStack":
		s := c.find(name)
		c.cut(s)
		s.template = s.previous
		c.plan(s, f.Get("ClientRequestToken"), "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", nil, "UPDATE_ROLLBACK_COMPLETE")
		return result(action, "")
	}
	return failed("InvalidAction", action)
}

func (c *cloud) createChangeSet(f url.Values) (int, map[string]string, string) {
	arn := "arn:aws:cloudformation:eu-central-1:" + c.account + ":changeSet/" + f.Get("ChangeSetName")
	if set := c.sets[arn]; set != nil { // the same token
		return result("CreateChangeSet", fmt.Sprintf("<Id>%s</Id><StackId>%s</StackId>", arn, set.stackID))
	}
	set := &changeSet{arn: arn, status: "CREATE_COMPLETE", execution: "AVAILABLE", tags: map[string]string{}}
	body := f.Get("TemplateBody")
	if u := f.Get("TemplateURL"); u != "" {
		bucket, key, _ := strings.Cut(strings.TrimPrefix(u, c.URL+"/"), "/")
		body = string(c.buckets[bucket][key])
	}
	if err := json.Unmarshal([]byte(body), &set.template); err != nil {
		return failed("ValidationError", "template: "+err.Error())
	}
	for i := 1; f.Get(fmt.Sprintf("Tags.member.%d.Key", i)) != ""; i++ {
		set.tags[f.Get(fmt.Sprintf("Tags.member.%d.Key", i))] = f.Get(fmt.Sprintf("Tags.member.%d.Value", i))
	}
	s := c.find(f.Get("StackName"))
	if s == nil {
		s = &stack{name: f.Get("StackName"), made: c.now, tokens: map[string]bool{}, tags: set.tags,
			id: fmt.Sprintf("arn:aws:cloudformation:eu-central-1:%s:stack/%s/%d", c.account, f.Get("StackName"), len(c.stacks))}
		c.stacks = append(c.stacks, s)
	}
	set.stackID = s.id
	have := c.present(s)
	for logical, r := range set.template.Resources {
		old, ok := s.template.Resources[logical]
		switch {
		case have[logical].id == "":
			set.changes = append(set.changes, map[string]string{"action": "Add", "logical": logical, "type": r.Type, "replacement": ""})
		case ok && fmt.Sprint(old.Properties) != fmt.Sprint(r.Properties):
			set.changes = append(set.changes, map[string]string{"action": "Modify", "logical": logical, "type": r.Type, "replacement": "False"})
		}
	}
	for logical, e := range have {
		if _, ok := set.template.Resources[logical]; !ok {
			set.changes = append(set.changes, map[string]string{"action": "Remove", "logical": logical, "type": e.kind, "replacement": ""})
		}
	}
	if len(set.changes) == 0 {
		set.status, set.reason, set.execution = "FAILED", "The submitted information didn't contain changes. Submit different information to create a change set.", "UNAVAILABLE"
	}
	slices.SortFunc(set.changes, func(a, b map[string]string) int { return strings.Compare(a["logical"], b["logical"]) })
	c.sets[arn] = set
	return result("CreateChangeSet", fmt.Sprintf("<Id>%s</Id><StackId>%s</StackId>", arn, s.id))
}

func (c *cloud) execute(f url.Values) (int, map[string]string, string) {
	set, token := c.sets[f.Get("ChangeSetName")], f.Get("ClientRequestToken")
	if set == nil {
		return failed("ChangeSetNotFound", "gone")
	}
	s := c.find(set.stackID)
	if s.tokens[token] {
		return result("ExecuteChangeSet", "")
	}
	if set.execution != "AVAILABLE" {
		return failed("InvalidChangeSetStatus", set.execution)
	}
	s.tokens[token], set.execution = true, "EXECUTE_COMPLETE"
	word := "UPDATE"
	if c.statusOf(s) == "REVIEW_IN_PROGRESS" {
		word = "CREATE"
	}
	s.previous, s.template = s.template, set.template
	var steps []stackEvent
	broken := false
	for _, ch := range set.changes {
		e := stackEvent{logical: ch["logical"], kind: ch["type"], physical: "phys-" + ch["logical"]}
		verb := map[string]string{"Add": "CREATE", "Modify": "UPDATE", "Remove": "DELETE"}[ch["action"]]
		begin := e
		begin.status, begin.add = verb+"_IN_PROGRESS", verb == "CREATE"
		steps = append(steps, begin)
		if why := c.fails[ch["logical"]]; why != "" {
			e.status, e.reason = verb+"_FAILED", why
			steps = append(steps, e)
			broken = true
			continue
		}
		if broken {
			e.status, e.reason = verb+"_FAILED", "Resource creation cancelled"
			steps = append(steps, e)
			continue
		}
		e.status, e.remove = verb+"_COMPLETE", verb == "DELETE"
		steps = append(steps, e)
	}
	if !broken {
		c.plan(s, token, word+"_IN_PROGRESS", "User Initiated", steps, word+"_COMPLETE")
		return result("ExecuteChangeSet", "")
	}
	s.template = s.previous
	prefix := ""
	if word == "UPDATE" {
		prefix = "UPDATE_"
	}
	c.plan(s, token, word+"_IN_PROGRESS", "User Initiated", steps, prefix+"ROLLBACK_IN_PROGRESS")
	end := prefix + "ROLLBACK_COMPLETE"
	if c.fails["rollback"] != "" {
		end = prefix + "ROLLBACK_FAILED"
	}
	c.append(s, stackEvent{isStack: true, status: end, token: token, reason: c.fails["rollback"]}, 3*time.Second)
	return result("ExecuteChangeSet", "")
}

func (c *cloud) deleteStack(f url.Values) (int, map[string]string, string) {
	s, token := c.find(f.Get("StackName")), f.Get("ClientRequestToken")
	if s == nil || s.tokens[token] {
		return result("DeleteStack", "")
	}
	s.tokens[token] = true
	c.cut(s)
	var steps []stackEvent
	blocked := false
	for logical, e := range c.present(s) {
		d := stackEvent{logical: logical, kind: e.kind, physical: e.physical, status: "DELETE_COMPLETE", remove: true}
		if c.stuck[logical] && len(c.buckets["phys-"+strings.ToLower(logical)])+len(c.buckets[e.physical]) > 0 {
			d.status, d.reason, d.remove, blocked = "DELETE_FAILED", "The bucket you tried to delete is not empty", false, true
		}
		steps = append(steps, d)
	}
	end := "DELETE_COMPLETE"
	if blocked {
		end = "DELETE_FAILED"
	}
	c.plan(s, token, "DELETE_IN_PROGRESS", "User Initiated", steps, end)
	return result("DeleteStack", "")
}

// cut forgets what had not happened yet.
func (c *cloud) cut(s *stack) { s.events = c.visible(s) }

// plan lays out what will happen, two seconds a step.
func (c *cloud) plan(s *stack, token, begin, reason string, steps []stackEvent, end string) {
	c.append(s, stackEvent{isStack: true, status: begin, token: token, reason: reason}, 0)
	for _, e := range steps {
		e.token = token
		c.append(s, e, 2*time.Second)
	}
	c.append(s, stackEvent{isStack: true, status: end, token: token}, 2*time.Second)
}

func (c *cloud) append(s *stack, e stackEvent, later time.Duration) {
	at := c.now
	if n := len(s.events); n > 0 && s.events[n-1].at.After(at) {
		at = s.events[n-1].at
	}
	e.at, e.id = at.Add(later), fmt.Sprintf("%s-%d", s.id, len(s.events))
	if e.isStack {
		e.logical, e.physical, e.kind = s.name, s.id, "AWS::CloudFormation::Stack"
	}
	s.events = append(s.events, e)
}

func (c *cloud) describeEvents(s *stack) (int, map[string]string, string) {
	if s == nil {
		return failed("ValidationError", "Stack does not exist")
	}
	events := slices.Clone(c.visible(s))
	slices.Reverse(events)
	if c.disorder != nil {
		events = events[c.disorder.IntN(min(len(events), 4)+1):] // the newest are not to be seen yet
		if len(events) > 0 && c.disorder.IntN(2) == 0 {
			events = append(events, events[c.disorder.IntN(len(events))]) // doubled
		}
		c.disorder.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	}
	list := ""
	for _, e := range events {
		list += fmt.Sprintf("<member><EventId>%s</EventId><StackId>%s</StackId><LogicalResourceId>%s</LogicalResourceId><PhysicalResourceId>%s</PhysicalResourceId><ResourceType>%s</ResourceType><Timestamp>%s</Timestamp><ResourceStatus>%s</ResourceStatus><ResourceStatusReason>%s</ResourceStatusReason><ClientRequestToken>%s</ClientRequestToken></member>",
			e.id, s.id, e.logical, e.physical, e.kind, e.at.Format(time.RFC3339), e.status, text(e.reason), e.token)
	}
	return result("DescribeStackEvents", "<StackEvents>"+list+"</StackEvents>")
}

func (c *cloud) storage(action string, r *http.Request, body []byte) (int, map[string]string, string) {
	bucket, key, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	objects, there := c.buckets[bucket]
	if !there && action != "PUT bucket" {
		return 404, nil, "<Error><Code>NoSuchBucket</Code><Message>no bucket</Message></Error>"
	}
	switch action {
	case "PUT bucket":
		c.buckets[bucket] = map[string][]byte{}
	case "DELETE bucket":
		if len(objects) > 0 {
			return 409, nil, "<Error><Code>BucketNotEmpty</Code></Error>"
		}
		delete(c.buckets, bucket)
		return 204, nil, ""
	case "HEAD object":
		if _, ok := objects[key]; !ok {
			return 404, nil, ""
		}
	case "PUT object":
		objects[key] = body
	case "GET versions":
		list, n := "", 0
		for k := range objects {
			if n++; n <= 1000 {
				list += "<Version><Key>" + text(k) + "</Key><VersionId>v1</VersionId></Version>"
			}
		}
		return 200, nil, "<ListVersionsResult>" + list + "</ListVersionsResult>"
	case "POST delete":
		var in struct{ Object []struct{ Key string } }
		if err := xml.Unmarshal(body, &in); err != nil {
			c.t.Error(err)
		}
		if len(in.Object) > 1000 {
			return 400, nil, "<Error><Code>MalformedXML</Code></Error>"
		}
		for _, o := range in.Object {
			delete(objects, o.Key)
		}
		return 200, nil, "<DeleteResult></DeleteResult>"
	}
	return 200, nil, ""
}
