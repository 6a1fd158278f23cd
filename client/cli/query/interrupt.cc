#include "query/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace kosei::cli {
namespace {

// A handler can do little more than write a byte; a thread does the rest. The pipe stays open: a
// handler that another thread is still in when a scope ends must not write to what came in its
// place.
std::array<int, 2> wake_pipe = {-1, -1};
struct sigaction before_interrupts;

bool OpenPipe() { return wake_pipe[0] >= 0 || pipe2(wake_pipe.data(), O_CLOEXEC) == 0; }

// What such a handler wrote was meant for the statement before.
void DropLateBytes() {
  pollfd ready{.fd = wake_pipe[0], .events = POLLIN, .revents = 0};
  char what = 0;
  while (poll(&ready, 1, 0) == 1 && read(wake_pipe[0], &what, 1) == 1) continue;
}

void Wake(char what) {
  const int saved = errno;
  while (write(wake_pipe[1], &what, 1) < 0 && errno == EINTR) {
  }
  errno = saved;
}
void OnInterrupt(int /*signal*/) { Wake('c'); }

}  // namespace

InterruptScope::InterruptScope(std::shared_ptr<client::Cancellation> cancellation) {
  if (!OpenPipe()) return;  // then Ctrl-C ends the program
  DropLateBytes();
  thread_ = std::thread([cancellation = std::move(cancellation)] {
    char what = 0;
    while (true) {
      const ssize_t count = read(wake_pipe[0], &what, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0 || what == 'q') return;
      cancellation->Cancel();
    }
  });
  struct sigaction action{};
  action.sa_handler = OnInterrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before_interrupts);
}

InterruptScope::~InterruptScope() {
  if (!thread_.joinable()) return;
  sigaction(SIGINT, &before_interrupts, nullptr);
  Wake('q');
  thread_.join();
}

}  // namespace kosei::cli
