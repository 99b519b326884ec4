package dev.vitrine.engine.backend;

/** What each section of the {@link BackendContract} has at hand. */
interface ContractSection {

  /** The backend under test and the reference. */
  Comparison comparison();

  /** A second backend of the same kind, for a test that closes it. */
  Backend another();
}
