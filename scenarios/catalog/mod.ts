/**
 * The catalog: the scenarios that come with pgmlab, by name. One idea each.
 *
 * @module
 */

import type { ScenarioSpec } from "../language/spec.ts";
import addDropInterface from "./add-drop-interface.ts";
import ambientSpm from "./ambient-spm.ts";
import appendixF from "./appendix-f.ts";
import asymmetricRoutes from "./asymmetric-routes.ts";
import backoffTuning from "./backoff-tuning.ts";
import burstLoss from "./burst-loss.ts";
import closeWithoutShutdown from "./close-without-shutdown.ts";
import constrainedRepair from "./constrained-repair.ts";
import dlrDies from "./dlr-dies.ts";
import dlrOffTree from "./dlr-off-tree.ts";
import dlrUpstream from "./dlr-upstream.ts";
import fecByOption from "./fec-by-option.ts";
import fecFragments from "./fec-fragments.ts";
import fecMixed from "./fec-mixed.ts";
import fecMoreParityThanData from "./fec-more-parity-than-data.ts";
import fecOnDemand from "./fec-on-demand.ts";
import fecProactive from "./fec-proactive.ts";
import fecTree from "./fec-tree.ts";
import fecRepairer from "./fec-repairer.ts";
import fecTruncatedGroup from "./fec-truncated-group.ts";
import fecVariableLength from "./fec-variable-length.ts";
import elementTuning from "./element-tuning.ts";
import fragmentation from "./fragmentation.ts";
import heartbeatSpm from "./heartbeat-spm.ts";
import hostilePackets from "./hostile-packets.ts";
import idleSource from "./idle-source.ts";
import lateJoin from "./late-join.ts";
import lateJoin75 from "./late-join-75.ts";
import lossReset from "./loss-reset.ts";
import lossless from "./lossless.ts";
import manySources from "./many-sources.ts";
import messageBoundary from "./message-boundary.ts";
import mixedRouters from "./mixed-routers.ts";
import multicastNak from "./multicast-nak.ts";
import multihomedReceiver from "./multihomed-receiver.ts";
import multihomedSender from "./multihomed-sender.ts";
import nakAnticipation from "./nak-anticipation.ts";
import nakCancellation from "./nak-cancellation.ts";
import nakElimination from "./nak-elimination.ts";
import nakList from "./nak-list.ts";
import nakRepeat from "./nak-repeat.ts";
import nakStorm from "./nak-storm.ts";
import ncfCancellation from "./ncf-cancellation.ts";
import ncfList from "./ncf-list.ts";
import ncfSuppression from "./ncf-suppression.ts";
import odataCompletion from "./odata-completion.ts";
import odataJump from "./odata-jump.ts";
import odataRate from "./odata-rate.ts";
import outofwindowNcf from "./outofwindow-ncf.ts";
import partialDeployment from "./partial-deployment.ts";
import pollPopulation from "./poll-population.ts";
import rdataCompletion from "./rdata-completion.ts";
import rdataJump from "./rdata-jump.ts";
import receiveInterfaceLost from "./receive-interface-lost.ts";
import reordering from "./reordering.ts";
import routeChange from "./route-change.ts";
import routerRestart from "./router-restart.ts";
import repairDelay from "./repair-delay.ts";
import repairShare from "./repair-share.ts";
import sendInterfaceLost from "./send-interface-lost.ts";
import sessionAbort from "./session-abort.ts";
import sessionFinish from "./session-finish.ts";
import sessionStart from "./session-start.ts";
import shutdownThenClose from "./shutdown-then-close.ts";
import singleLoss from "./single-loss.ts";
import slowReceiverReset from "./slow-receiver-reset.ts";
import spmJump from "./spm-jump.ts";
import spmJump2 from "./spm-jump2.ts";
import spmr from "./spmr.ts";
import spmrAfterSpm from "./spmr-after-spm.ts";
import spmrFromOdata from "./spmr-from-odata.ts";
import spmrRate from "./spmr-rate.ts";
import spmrSuppression from "./spmr-suppression.ts";
import spoofedNakFlood from "./spoofed-nak-flood.ts";
import spoofedRepairs from "./spoofed-repairs.ts";
import spoofedSource from "./spoofed-source.ts";
import spoofedSpm from "./spoofed-spm.ts";
import streamMode from "./stream-mode.ts";
import suppressionTreeBroken from "./suppression-tree-broken.ts";
import tailLoss from "./tail-loss.ts";
import tree from "./tree.ts";
import twoSources from "./two-sources.ts";
import unorderedDelivery from "./unordered-delivery.ts";
import unorderedFragments from "./unordered-fragments.ts";
import unrecoverable from "./unrecoverable.ts";
import windowByApplication from "./window-by-application.ts";
import windowByData from "./window-by-data.ts";
import windowByTime from "./window-by-time.ts";
import windowFull from "./window-full.ts";
import windowsSenderReceiver from "./windows-sender-receiver.ts";
import wraparound from "./wraparound.ts";

/** Every scenario of the catalog. */
export const CATALOG: ReadonlyMap<string, ScenarioSpec> = new Map(
  [
    lossless,
    singleLoss,
    burstLoss,
    reordering,
    tailLoss,
    ncfSuppression,
    multihomedReceiver,
    unrecoverable,
    fragmentation,
    twoSources,
    wraparound,
    // What a receiver asks for, when, and when no more; what a source may send.
    nakRepeat,
    nakCancellation,
    ncfCancellation,
    outofwindowNcf,
    nakList,
    ncfList,
    spmJump,
    spmJump2,
    odataJump,
    rdataJump,
    odataCompletion,
    rdataCompletion,
    odataRate,
    // Many receivers, near and far, and one source.
    multicastNak,
    nakStorm,
    repairDelay,
    repairShare,
    // Routers that speak PGM.
    constrainedRepair,
    nakElimination,
    nakAnticipation,
    tree,
    partialDeployment,
    mixedRouters,
    routerRestart,
    routeChange,
    asymmetricRoutes,
    // What somebody else can do to them.
    spoofedSpm,
    spoofedNakFlood,
    spoofedRepairs,
    // What a source does about its receivers' NAKs before they come.
    pollPopulation,
    backoffTuning,
    elementTuning,
    suppressionTreeBroken,
    // Local repairers.
    dlrUpstream,
    dlrOffTree,
    dlrDies,
    // What the application is told.
    unorderedDelivery,
    unorderedFragments,
    lossReset,
    // SPMs, by themselves and on request; who comes late.
    ambientSpm,
    heartbeatSpm,
    spmr,
    spmrFromOdata,
    spmrSuppression,
    spmrAfterSpm,
    spmrRate,
    lateJoin,
    // The transmit window.
    windowByTime,
    windowByData,
    windowByApplication,
    windowFull,
    appendixF,
    // Forward error correction.
    fecOnDemand,
    fecProactive,
    fecMixed,
    fecVariableLength,
    fecRepairer,
    fecTruncatedGroup,
    fecFragments,
    fecMoreParityThanData,
    fecByOption,
    fecTree,
    // The beginning and the end of sessions; other people.
    sessionStart,
    sessionFinish,
    sessionAbort,
    idleSource,
    manySources,
    spoofedSource,
    hostilePackets,
    // Windows sockets: what a program sees, and what is on the network.
    windowsSenderReceiver,
    messageBoundary,
    streamMode,
    lateJoin75,
    slowReceiverReset,
    shutdownThenClose,
    closeWithoutShutdown,
    sendInterfaceLost,
    receiveInterfaceLost,
    addDropInterface,
    multihomedSender,
  ].map((scenario) => [scenario.name, scenario]),
);
