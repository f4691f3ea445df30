package record

// Machine is where a run ran.
type Machine struct {
	Host    string   `json:"host"`
	OS      string   `json:"os"`
	Arch    string   `json:"arch"`
	CPU     string   `json:"cpu,omitempty"`
	CPUs    int      `json:"cpus"`
	Go      string   `json:"go"`
	PID     int      `json:"pid"`
	Command []string `json:"command"`
	Dir     string   `json:"dir"`
}
