// Prints what is affected when the named records fail, nearest first.
#include <fstream>
#include <iostream>
#include <string>

#include "kosei/client/client.h"

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: impact HOST:PORT TOKEN_FILE KEY...\n";
    return 2;
  }
  kosei::client::Options options;
  options.server = argv[1];
  std::ifstream token_file(argv[2]);
  std::getline(token_file, options.token);
  const auto client = kosei::client::Client::Connect(options);
  if (!client.ok()) {
    std::cerr << client.status().message() << '\n';
    return 3;
  }
  const auto model = (*client)->model();

  kosei::client::ImpactRequest request;
  request.roots.assign(argv + 3, argv + argc);
  const auto summary = (*client)->Impact(request, [&](const kosei::client::ImpactBatch& batch) {
    for (std::size_t i = 0; i < batch.keys.size(); ++i) {
      if (batch.steps_only[i]) continue;
      std::cout << batch.distances[i] << '\t' << model->ClassName(batch.classes[i]) << '\t'
                << batch.keys[i] << '\n';
    }
    return true;  // false would stop the server
  });
  if (!summary.ok()) {
    std::cerr << summary.status().message() << '\n';
    return 1;
  }
  std::cout << summary->total << " affected as of commit " << summary->view.commit << '\n';
  return 0;
}
