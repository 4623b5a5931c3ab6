#include "app/run.hpp"

int main(int argc, char** argv) { return pyexc::app::run(argc, argv); }
